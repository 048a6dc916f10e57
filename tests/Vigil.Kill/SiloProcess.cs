using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>One silo as a process of its own, to be killed and frozen. It is started again whenever it ends, as any service is.</summary>
internal sealed partial class SiloProcess(int number, IReadOnlyDictionary<string, string> environment, string outputPath) : IDisposable
{
    private const int SigStop = 19;
    private const int SigCont = 18;

    /// <summary>What Orleans says when the others have declared a silo dead that was frozen; it ends itself then, to be started anew.</summary>
    private const string ToldDead = "I have been told I am dead";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly int _port = Ports.Free();
    private readonly Lock _output = new();
    private readonly Lock _life = new();
    private Process? _process;
    private TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _mustRun;
    private bool _mayEnd;

    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>Gets or sets by how many seconds its clock is wrong; one that is set while it runs is told by <see cref="SetClockAsync"/>.</summary>
    public double ClockSeconds { get; private set; }

    /// <summary>
    /// Gets how often it has ended though nobody killed it. That the others took it for dead is a reason, and not counted; nor is a start that came to
    /// nothing, as it does while the database is down: it is tried again.
    /// </summary>
    public int Surprises { get; private set; }

    /// <summary>Gets a task that ends when it is up; another one after each start.</summary>
    public Task Up
    {
        get
        {
            lock (_life)
            {
                return _up.Task;
            }
        }
    }

    /// <summary>Gets a task that ends when it has ended; another one for each of its lives.</summary>
    public Task Died
    {
        get
        {
            lock (_life)
            {
                return _died.Task;
            }
        }
    }

    public void Start()
    {
        lock (_life)
        {
            _mustRun = true;
            Run();
        }
    }

    public async Task KillAsync()
    {
        Task died;
        lock (_life)
        {
            (_mustRun, died) = (false, _died.Task);
            _process!.Kill();
        }

        await died;
    }

    /// <summary>Has it kill itself at the n-th point of its store's transactions from now, and be started again; kills it where it does not within a while.</summary>
    public async Task DieAtWriteAsync(int points, TimeSpan patience)
    {
        Task died;
        lock (_life)
        {
            (died, _mayEnd) = (_died.Task, true);
        }

        await PostAsync($"/kill/at-write?writes={points}");
        await Task.WhenAny(died, Task.Delay(patience, TimeProvider.System));
        lock (_life)
        {
            if (!died.IsCompleted)
            {
                _process!.Kill();
            }
        }

        await died;
    }

    /// <summary>Sets its clock, now where it listens and at its next start in any case.</summary>
    public Task<bool> SetClockAsync(double wrongBySeconds)
    {
        ClockSeconds = wrongBySeconds;
        return PostAsync($"/kill/clock?seconds={wrongBySeconds.ToString(CultureInfo.InvariantCulture)}");
    }

    public void Freeze() => Signal(SigStop);

    public void Thaw() => Signal(SigCont);

    public void Dispose()
    {
        lock (_life)
        {
            _mustRun = false;
            if (_process is { HasExited: false } process)
            {
                process.Kill();
            }
        }
    }

    public override string ToString() => $"silo {number}";

    private void Run()
    {
        _up = _up.Task.IsCompleted ? new(TaskCreationOptions.RunContinuationsAsynchronously) : _up;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(SiloProcess).Assembly.Location);
        start.ArgumentList.Add("host");
        start.ArgumentList.Add($"--port={_port}");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[KillHost.ClockSetting] = ClockSeconds.ToString(CultureInfo.InvariantCulture);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.Exited += (_, _) => End(process);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    private void End(Process process)
    {
        TaskCompletionSource died;
        lock (_life)
        {
            // Only now is all of its output there.
            process.WaitForExit();
            if (_mustRun)
            {
                Surprises += _mayEnd || !_up.Task.IsCompleted ? 0 : 1;
                Run();
            }
            else
            {
                _process = null;
            }

            _mayEnd = false;
            (died, _died) = (_died, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        process.Dispose();
        died.SetResult();
    }

    private async Task<bool> PostAsync(string path)
    {
        try
        {
            using var response = await Http.PostAsync(new Uri(Address, path), content: null);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // It is still on its way up.
            return false;
        }
    }

    private void Signal(int signal)
    {
        if (_process is { HasExited: false } process && SendSignal(process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    private void Write(string? line)
    {
        if (line is not null)
        {
            _mayEnd |= line.Contains(ToldDead, StringComparison.Ordinal);
            if (line == KillHost.UpLine)
            {
                _up.TrySetResult();
            }

            lock (_output)
            {
                File.AppendAllText(outputPath, line + "\n");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
