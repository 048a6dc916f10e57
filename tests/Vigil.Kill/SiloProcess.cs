using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vigil.Kill;

/// <summary>One silo as a process of its own, to be killed and frozen.</summary>
internal sealed partial class SiloProcess(int port, IReadOnlyDictionary<string, string> environment, string outputPath) : IDisposable
{
    private const int SigStop = 19;
    private const int SigCont = 18;

    private Process? _process;

    public Uri Address { get; } = new($"http://127.0.0.1:{port}");

    public bool Running => _process is { HasExited: false };

    public void Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(SiloProcess).Assembly.Location);
        }

        start.ArgumentList.Add("host");
        start.ArgumentList.Add($"--port={port}");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

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
            lock (this)
            {
                File.AppendAllText(outputPath, line + "\n");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
