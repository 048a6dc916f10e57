using System.Diagnostics;
using System.Runtime.InteropServices;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>One silo as a process of its own, to be killed and frozen. It is restarted whenever it exits, as a service manager does.</summary>
internal sealed partial class SiloProcess(int number, IReadOnlyDictionary<string, string> environment, string outputPath) : IDisposable
{
    private const int SigStop = 19;
    private const int SigCont = 18;

    /// <summary>What Orleans logs when the other silos have declared a frozen silo dead; it then exits, to be restarted.</summary>
    private const string DeclaredDead = "I have been told I am dead";

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

    /// <summary>Gets by how many seconds its clock is wrong; <see cref="SetClockAsync"/> changes it.</summary>
    public double ClockSeconds { get; private set; }

    /// <summary>
    /// Gets how many times it has exited without being killed. Not counted: exits because the other silos declared it dead, and failed starts (as
    /// while the database is down), which are retried.
    /// </summary>
    public int UnexpectedExits { get; private set; }

    /// <summary>Gets a task that completes when the silo is up; each start has a new one.</summary>
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

    /// <summary>Makes it kill itself at the n-th point of its store's transactions from now and be restarted; kills it if it has not done so in time.</summary>
    public async Task DieAtWriteAsync(int points, TimeSpan timeout)
    {
        Task died;
        lock (_life)
        {
            (died, _mayEnd) = (_died.Task, true);
        }

        await PostAsync($"/kill/at-write?writes={points}");
        await Task.WhenAny(died, Task.Delay(timeout, TimeProvider.System));
        lock (_life)
        {
            if (!died.IsCompleted)
            {
                _process!.Kill();
            }
        }

        await died;
    }

    /// <summary>Sets its clock: now if it is up, and in any case at its next start.</summary>
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
            // Waits until all of its output has been read.
            process.WaitForExit();
            if (_mustRun)
            {
                UnexpectedExits += _mayEnd || !_up.Task.IsCompleted ? 0 : 1;
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
            // It is still starting.
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
            _mayEnd |= line.Contains(DeclaredDead, StringComparison.Ordinal);
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
