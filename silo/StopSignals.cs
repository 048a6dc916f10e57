using System.Runtime.InteropServices;

namespace Vigil.Silo;

/// <summary>
/// Handles SIGTERM and Ctrl+C: the first signal requests a graceful stop, the second exits at once. System.CommandLine's own handling would end the
/// process after two seconds even while requests are in flight.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // By convention, a process that a signal ended has exit code 128 plus the signal's number.
    private const int ExitCodeBase = 128;

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
        [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle), PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle)];

    /// <summary>Gets a token that the first signal cancels.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_stop.IsCancellationRequested)
        {
            Environment.Exit(ExitCodeBase + (context.Signal is PosixSignal.SIGTERM ? 15 : 2));
        }

        _stop.Cancel();
    }
}
