using System.Diagnostics;
using System.Runtime.InteropServices;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>One silo as a process of its own, to be hurt. It is restarted whenever it exits, as a service manager does. What happens to it is in the log of hurts.</summary>
internal sealed partial class SiloProcess(
    int number, IReadOnlyDictionary<string, string?> settings, DirectoryInfo folder, HurtLog hurts, NetworkNamespace? network = null) : IDisposable
{
    private const int SigTerm = 15;
    private const int SigStop = 19;
    private const int SigCont = 18;

    /// <summary>What Orleans logs when the other silos have declared a frozen silo dead; it then exits, to be restarted.</summary>
    private const string DeclaredDead = "I have been told I am dead";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly int _port = Ports.Free();
    private readonly OutputFile _output = new(Path.Combine(folder.FullName, $"silo-{number}.log"));
    private readonly Lock _life = new();
    private Process? _process;
    private TaskCompletionSource _died = NewSource();
    private TaskCompletionSource _up = NewSource();
    private HurtKind? _ending;
    private IDisposable? _away;
    private bool _mustRun;
    private int _lives;

    public int Number => number;

    public Uri Address => new($"http://127.0.0.1:{_port}");

    public string JournalPath { get; } = Path.Combine(folder.FullName, $"silo-{number}.journal");

    public NetworkNamespace? Network => network;

    /// <summary>Gets by how many seconds its clock is wrong; <see cref="SetClockAsync"/> changes it.</summary>
    public double ClockSeconds { get; private set; }

    /// <summary>
    /// Gets how many times it has exited by itself, or with an error when it was told to stop. Not counted: exits because the other silos declared it dead,
    /// and failed starts (as while the database is down), which are retried.
    /// </summary>
    public int UnexpectedExits { get; private set; }

    public SiloOutput Output => new(number, _lives, _output.Lines, _output.LongestLine, UnexpectedExits);

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

    /// <summary>Kills it; it stays dead until it is started.</summary>
    public Task KillAsync() => EndAsync(HurtKind.Killed, process => process.Kill());

    /// <summary>Tells it to stop, as a service manager does, and waits until it has; it stays so until it is started.</summary>
    public async Task StopAsync()
    {
        using var stopping = hurts.Begin(HurtKind.Stopping, number);
        await EndAsync(HurtKind.Stopped, process => Send(process, SigTerm));
    }

    /// <summary>Stops it in the same way once it is up, starts it again and waits until it is up.</summary>
    public async Task StopAndStartAsync()
    {
        await Up;
        await StopAsync();
        Start();
        await Up;
    }

    /// <summary>Makes it kill itself at the n-th point of its store's transactions from now and be restarted; kills it if it has not done so in time.</summary>
    public async Task DieAtWriteAsync(int points, TimeSpan timeout)
    {
        Task died;
        lock (_life)
        {
            (died, _ending) = (_died.Task, HurtKind.Killed);
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
        if (ClockSeconds != wrongBySeconds)
        {
            hurts.Add(HurtKind.ClockSet, number, $"{wrongBySeconds:N0} s");
        }

        ClockSeconds = wrongBySeconds;
        return PostAsync($"/kill/clock?seconds={wrongBySeconds.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Freezes it for a while.</summary>
    public async Task FreezeAsync(TimeSpan length)
    {
        using var frozen = hurts.Begin(HurtKind.Frozen, number);
        Freeze();
        await Task.Delay(length, TimeProvider.System);
        Thaw();
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

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task EndAsync(HurtKind kind, Action<Process> end)
    {
        Task died;
        lock (_life)
        {
            (_mustRun, _ending, died) = (false, kind, _died.Task);
            if (_process is null)
            {
                return Task.CompletedTask;
            }

            end(_process);
        }

        return died;
    }

    private void Run()
    {
        _up = _up.Task.IsCompleted ? NewSource() : _up;
        string[] command = ["dotnet", typeof(SiloProcess).Assembly.Location, "host", $"--port={_port}"];
        command = network?.Inside(command) ?? command;
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment[KillHost.JournalSetting] = JournalPath;
        start.Environment[KillHost.ClockSetting] = ClockSeconds.ToString(CultureInfo.InvariantCulture);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.Exited += (_, _) => End(process);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        (_process, _ending) = (process, null);
        _lives++;
    }

    private void End(Process process)
    {
        TaskCompletionSource died;
        lock (_life)
        {
            // Waits until all of its output has been read.
            process.WaitForExit();
            Judge(process.ExitCode);
            (_process, _ending) = (null, null);
            if (_mustRun)
            {
                Run();
            }

            (died, _died) = (_died, NewSource());
        }

        process.Dispose();
        died.SetResult();
    }

    private void Judge(int exitCode)
    {
        var isUp = _up.Task.IsCompleted;
        UnexpectedExits += (_ending is null && isUp) || (_ending == HurtKind.Stopped && exitCode != 0) ? 1 : 0;
        if (isUp)
        {
            _away = hurts.Begin(_ending ?? HurtKind.Crashed, number);
        }
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
        if (_process is { HasExited: false } process)
        {
            Send(process, signal);
        }
    }

    private static void Send(Process process, int signal)
    {
        if (SendSignal(process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    private void Write(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (line.Contains(DeclaredDead, StringComparison.Ordinal))
        {
            _ending ??= HurtKind.DeclaredDead;
        }

        if (line == KillHost.UpLine)
        {
            _away?.Dispose();
            _up.TrySetResult();
        }

        _output.Write(line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
