using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vigil.Kill;

/// <summary>One silo as a process of its own, to be killed and frozen.</summary>
internal sealed partial class SiloProcess(int number, IReadOnlyDictionary<string, string> environment, string outputPath) : IDisposable
{
    private const int SigStop = 19;
    private const int SigCont = 18;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly int _port = FreePort();
    private readonly Lock _output = new();
    private Process? _process;

    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>Gets or sets by how many seconds its clock is wrong; one that is set while it runs is told by <see cref="SetClockAsync"/>.</summary>
    public double ClockSeconds { get; private set; }

    /// <summary>Gets a value indicating whether it was started and has ended by itself.</summary>
    public bool HasEnded => _process is { HasExited: true };

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(SiloProcess).Assembly.Location);
        start.ArgumentList.Add("host");
        start.ArgumentList.Add($"--port={_port}");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[KillHost.ClockSetting] = ClockSeconds.ToString(CultureInfo.InvariantCulture);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Has it kill itself at the n-th point of its store's transactions from now; false where it did not within a while.</summary>
    public async Task<bool> DieAtWriteAsync(int points, TimeSpan patience)
    {
        if (_process is not { } process || !await PostAsync($"/kill/at-write?writes={points}"))
        {
            return false;
        }

        using var enough = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return process.HasExited;
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
        if (_process is { HasExited: false } process)
        {
            process.Kill();
        }

        _process?.Dispose();
    }

    public override string ToString() => $"silo {number}";

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
            lock (_output)
            {
                File.AppendAllText(outputPath, line + "\n");
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
