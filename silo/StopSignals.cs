using System.Runtime.InteropServices;

namespace Vigil.Silo;

/// <summary>
/// Turns SIGTERM and Ctrl+C into a stop that loses nothing, and a second of them into an end at once. The command line's own handling ends the process
/// after two seconds, whatever is still being sent.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // What shells report of a process that a signal ended.
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
