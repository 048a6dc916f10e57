namespace Vigil.Kill;

/// <summary>
/// What a silo is about to do, written to a file before it is done. The file outlives the process, so it says which silo had which start on its way when it
/// was killed, and which durable writes there were.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file;

    public Journal(string path) =>
        _file = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public void Write(JournalAct act, string key, int attempt = 0, long version = 0, string? eventType = null)
    {
        // The silo's own clock may be wrong on purpose; this one is the machine's.
        var line = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow().UtcTicks} {act} {key} {attempt} {version} {eventType ?? "-"}");
        lock (_lock)
        {
            _file.WriteLine(line);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Reads a silo's journal. The last line of a life may be cut.</summary>
    public static IEnumerable<JournalEntry> Read(int silo, string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(' ') is [var ticks, var act, var key, var attempt, var version, var type])
            {
                yield return new(
                    silo, new(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero), Enum.Parse<JournalAct>(act), key,
                    int.Parse(attempt, CultureInfo.InvariantCulture), long.Parse(version, CultureInfo.InvariantCulture), type == "-" ? null : type);
            }
        }
    }
}

/// <summary>One line of a journal.</summary>
internal sealed record JournalEntry(int Silo, DateTimeOffset At, JournalAct Act, string Key, int Attempt, long Version, string? EventType);

/// <summary>What a silo writes down.</summary>
internal enum JournalAct
{
    /// <summary>A durable write is about to be made.</summary>
    Writing,

    /// <summary>A write that claims a start for sending is about to be made.</summary>
    Claiming,

    /// <summary>A start is about to be sent.</summary>
    Sending,

    /// <summary>The silo has read the platform's answer to a start.</summary>
    Answered,

    /// <summary>A start failed without a usable answer.</summary>
    Failed,
}
