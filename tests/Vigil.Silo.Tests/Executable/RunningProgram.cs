using System.Collections.Concurrent;
using System.Diagnostics;

namespace Vigil.Silo.Tests.Executable;

/// <summary>A program in a process of its own. A line that it prints and its exit can be awaited.</summary>
internal class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentDictionary<TaskCompletionSource<string>, Func<string, bool>> _awaited = [];
    private readonly Task _read;

    /// <param name="program">Its file, for <c>dotnet</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Its environment variables, in addition to those of the tests.</param>
    /// <param name="folder">Its working folder; null for that of the tests.</param>
    public RunningProgram(string program, IEnumerable<string> arguments, (string Name, string Value)[] environment, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _read = Task.WhenAll(ReadAsync(_process.StandardOutput, Output), ReadAsync(_process.StandardError, Errors));
    }

    /// <summary>Gets the lines of its standard output.</summary>
    public ConcurrentQueue<string> Output { get; } = [];

    /// <summary>Gets the lines of its standard error.</summary>
    public ConcurrentQueue<string> Errors { get; } = [];

    /// <summary>Gets the lines of both, in the order in which they came.</summary>
    public string[] Lines => [.. _lines];

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>Gets how long a test waits for anything before it gives up.</summary>
    protected static TimeSpan Limit { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Returns the address that it prints after a text.</summary>
    public async Task<Uri> AddressAsync(string text)
    {
        var line = await LineAsync(text);
        return new(line[(line.IndexOf(text, StringComparison.Ordinal) + text.Length)..].Split(' ')[0].TrimEnd('.', ','));
    }

    /// <summary>Returns the first line with a text, on either output, once it is printed.</summary>
    public async Task<string> LineAsync(string text)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited[found] = line => line.Contains(text, StringComparison.Ordinal);
        foreach (var line in _lines)
        {
            Offer(line);
        }

        Assert.True(
            await Task.WhenAny(found.Task, _read, Task.Delay(Limit, TimeProvider.System)) == found.Task || found.Task.IsCompleted,
            $"'{text}' was not printed, but:\n{string.Join('\n', _lines)}");
        return await found.Task;
    }

    /// <summary>Returns its exit code once it has ended and all of its output is read.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        await _read.WaitAsync(Limit);
        return _process.ExitCode;
    }

    /// <summary>Kills it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
            _lines.Enqueue(line);
            Offer(line);
        }
    }

    private void Offer(string line)
    {
        foreach (var (found, fits) in _awaited)
        {
            if (fits(line) && _awaited.TryRemove(found, out _))
            {
                found.SetResult(line);
            }
        }
    }
}
