namespace Vigil.Grains.Polling;

/// <summary>The services that the pollers of all connections use.</summary>
internal sealed record PollerServices(string Silo, IPollerGrains Grains, TimeProvider Time, PollerInstruments Instruments, ILogger Log)
{
    public Random Random { get; init; } = Random.Shared;

    public PollingOptions Options { get; init; } = new();

    public StoppingOptions Stopping { get; init; } = new();

    /// <summary>Gets whether the silo holds its claim on the store. Without it, another cluster may be acting on the same executions.</summary>
    public Func<bool> MayAct { get; init; } = static () => true;

    /// <summary>Gets whether what executions are told can be stored.</summary>
    public StoreHealth Store { get; init; } = new();

    public BudgetShare Share { get; init; } = new();

    /// <summary>Gets the scheduler of the loops and requests, which must not run on that of the calling grain.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;
}

/// <summary>The grains that the poller reports to.</summary>
internal interface IPollerGrains
{
    IWatchedExecution Execution(string executionId);

    IConnectionGrain Connection(string name);
}

internal sealed class PollerGrains(IGrainFactory factory) : IPollerGrains
{
    public IWatchedExecution Execution(string executionId) => factory.GetGrain<IWatchedExecution>(executionId);

    public IConnectionGrain Connection(string name) => factory.GetGrain<IConnectionGrain>(ConnectionKey.Of(name));
}
