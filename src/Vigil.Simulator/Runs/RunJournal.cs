namespace Vigil.Simulator;

/// <summary>
/// Keeps the runs in a file, so that they go on after the simulator was killed. Every change appends the whole run as a line of JSON; the last one counts.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private long _end;

    /// <summary>Opens the file, or creates it.</summary>
    /// <exception cref="IOException">It cannot be opened, for example because another simulator uses it.</exception>
    public RunJournal(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;

            // FileShare.None locks it, which keeps a second simulator out.
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                // It is the store's data folder too, which is private.
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            _file = new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The simulator cannot keep its runs in '{path}': {e.Message}", e);
        }
    }

    /// <summary>Returns the runs in the order of their starts, each as it was last.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public IReadOnlyCollection<RunRecord> Read()
    {
        RemoveTornLine();
        var runs = new OrderedDictionary<(string Platform, string Id), RunRecord>();
        _file.Position = 0;
        using var lines = new StreamReader(_file, leaveOpen: true);
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            try
            {
                var run = JsonSerializer.Deserialize<RunRecord>(line, SimulatorJson.Admin)!;
                runs[(run.Platform, run.Id)] = run;
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"Line {number} of '{_file.Name}' is not a simulated run: {e.Message} Without the file the simulator starts with no runs.", e);
            }
        }

        return runs.Values;
    }

    /// <summary>Writes a run as it is now.</summary>
    public void Write(SimulatedRun run)
    {
        lock (_lock)
        {
            // Read inside the lock, so that the last line of a run is its newest state.
            byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(run.Record, SimulatorJson.Admin), (byte)'\n'];

            // Past all buffers, because only what the operating system has outlives the process. The next write overwrites a failed one.
            RandomAccess.Write(_file.SafeFileHandle, line, _end);
            _end += line.Length;
        }
    }

    /// <summary>Forgets all runs.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _file.SetLength(_end = 0);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Removes what is left of a write that the end of the process, or a full disk, cut off; its request was not answered.</summary>
    private void RemoveTornLine()
    {
        for (_end = _file.Length; _end > 0; _end--)
        {
            _file.Position = _end - 1;
            if (_file.ReadByte() == '\n')
            {
                break;
            }
        }

        _file.SetLength(_end);
    }
}
