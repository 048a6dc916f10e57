namespace Vigil.Grains.Polling;

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
