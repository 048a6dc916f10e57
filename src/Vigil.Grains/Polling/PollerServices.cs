namespace Vigil.Grains.Polling;

/// <summary>What the poller of every connection uses.</summary>
/// <param name="Silo">The silo's address, as it claims starts.</param>
/// <param name="Grains">The grains to report to.</param>
/// <param name="Time">The clock.</param>
/// <param name="Instruments">The meters.</param>
/// <param name="Log">The log.</param>
internal sealed record PollerServices(string Silo, IPollerGrains Grains, TimeProvider Time, PollerInstruments Instruments, ILogger Log)
{
    public Random Random { get; init; } = Random.Shared;

    public PollingOptions Options { get; init; } = new();

    public StoppingOptions Stopping { get; init; } = new();

    /// <summary>Gets how many silos there are to share a budget.</summary>
    public BudgetShare Share { get; init; } = new();

    /// <summary>Gets where the loops and requests run: never on a grain's own scheduler, from which they are handed over.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;
}
