using Vigil.Silo;
using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>The simulated platforms, in this process, so that they outlive every silo and their ledger is the witness.</summary>
internal sealed class Platforms : IAsyncDisposable
{
    private readonly SimulatorHost _simulator;

    private Platforms(SimulatorHost simulator) => _simulator = simulator;

    /// <summary>Gets the connections to them, as a silo's environment.</summary>
    public IEnumerable<KeyValuePair<string, string>> Connections =>
        SimulatedConnections.For(_simulator).Select(pair => KeyValuePair.Create(pair.Key.Replace(":", "__", StringComparison.Ordinal), pair.Value!));

    public static async Task<Platforms> StartAsync(int seed, CancellationToken cancellationToken) =>
        new(await SimulatorHost.StartAsync(new() { Seed = seed }, cancellationToken));

    /// <summary>Returns every run as it really went.</summary>
    public IReadOnlyList<LedgerRun> Ledger() =>
    [
        .. _simulator.Platforms.LedgerRuns().Select(run => new LedgerRun(run.Marker ?? "no marker", run.RunId, run.EndedAt is not null, StatusOf(run.Phase))),
    ];

    public ValueTask DisposeAsync() => _simulator.DisposeAsync();

    private static ExecutionStatus StatusOf(RunPhase phase) => phase switch
    {
        RunPhase.Queued => ExecutionStatus.Pending,
        RunPhase.AwaitingInput => ExecutionStatus.AwaitingInput,
        RunPhase.Succeeded => ExecutionStatus.Succeeded,
        RunPhase.Failed => ExecutionStatus.Failed,
        RunPhase.Cancelled => ExecutionStatus.Cancelled,
        RunPhase.Killed => ExecutionStatus.Terminated,
        RunPhase.TimedOut => ExecutionStatus.TimedOut,
        _ => ExecutionStatus.Running,
    };
}
