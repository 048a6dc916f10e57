using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;

namespace Vigil.Grains.Executions;

/// <summary>What every execution of a silo uses; one reference in each activation instead of seven.</summary>
internal sealed record ExecutionServices(
    IVigilStore Store,
    SiloPoller Poller,
    PlatformConnections Connections,
    SiloMembers Members,
    OwnerCorrections Owners,
    IGrainFactory Grains,
    TimeProvider Time)
{
    private static readonly PlatformCapabilities Unknown = new();

    /// <summary>Gets the rules. The simulation watches each transition here, and puts broken rules in their place to show that it would notice.</summary>
    public LifecycleRules Rules { get; init; } = ExecutionLifecycle.Apply;

    /// <summary>Gets what the rules must know. An execution whose connection was removed from the configuration waits for its deadline.</summary>
    public LifecycleContext ContextOf(string connection, DateTimeOffset now) => Connections.TryGet(connection, out var configured)
        ? new(now, configured.Capabilities, configured.Options.AmbiguousStart) { RequestTimeout = configured.Options.RequestTimeout }
        : new(now, Unknown, AmbiguousStart.Fail);

    /// <summary>Reads the input of a start; null where it has none.</summary>
    public Task<string?> InputOfAsync(string executionId) => ReadAsync("input", executionId, Store.ReadPayloadAsync(executionId, Payload.Input));

    /// <summary>Reads which versions of an execution's steps are stored, by the keys of their grains.</summary>
    public Task<ImmutableDictionary<string, long>> StoredStepsAsync(string executionId) =>
        ReadAsync("steps", executionId, Store.ReadStepVersionsAsync(executionId));

    private static async Task<T> ReadAsync<T>(string what, string executionId, Task<T> read)
    {
        try
        {
            return await read;
        }
        catch (StoreException e)
        {
            // As Orleans does for a grain's own state: callers of grains know its exceptions and not the store's.
            throw new OrleansException($"The {what} of execution '{executionId}' could not be read: {e.Message}", e);
        }
    }
}
