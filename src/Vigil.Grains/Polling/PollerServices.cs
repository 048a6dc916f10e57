namespace Vigil.Grains.Polling;

/// <summary>The services that the pollers of all connections use.</summary>
internal sealed record PollerServices(string Silo, IPollerGrains Grains, TimeProvider Time, PollerInstruments Instruments, ILogger Log)
{
    public Random Random { get; init; } = Random.Shared;

    public PollingOptions Options { get; init; } = new();

    public StoppingOptions Stopping { get; init; } = new();

    public BudgetShare Share { get; init; } = new();

    /// <summary>Gets the scheduler of the loops and requests, which must not run on that of the calling grain.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;
}
