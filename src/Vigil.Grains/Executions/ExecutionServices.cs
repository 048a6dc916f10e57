using Vigil.Grains.Connections;
using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;

namespace Vigil.Grains.Executions;

/// <summary>The services that every execution of a silo uses; one reference per activation instead of ten.</summary>
internal sealed record ExecutionServices(
    IVigilStore Store,
    StoreHealth StoreHealth,
    SiloPoller Poller,
    PlatformConnections Connections,
    ClusterConnections Cluster,
    SiloMembers Members,
    OwnerCorrections Owners,
    WakeQueue Wakes,
    IGrainFactory Grains,
    TimeProvider Time)
{
    private static readonly PlatformCapabilities Unknown = new();

    /// <summary>Gets the rules. The simulation replaces them to check each transition, and to prove that it detects broken rules.</summary>
    public LifecycleRules Rules { get; init; } = ExecutionLifecycle.Apply;

    /// <summary>Returns the context for the rules. An execution whose connection was removed from the configuration waits for its deadline.</summary>
    public LifecycleContext ContextOf(string connection, DateTimeOffset now) => Connections.TryGet(connection, out var configured)
        ? new(now, configured.Capabilities, configured.Options.AmbiguousStart)
        {
            RequestTimeout = configured.Options.RequestTimeout,
            NotFoundConfirmation = Poller.NotFoundConfirmation,
        }
        : new(now, Unknown, AmbiguousStart.Fail);

    /// <summary>Reads what is kept of a start until it is sent: its input and its options.</summary>
    public Task<ImmutableDictionary<string, string>> StartOfAsync(string executionId) =>
        ReadAsync("input", executionId, Store.ReadPayloadsAsync(executionId, [Payload.Input, Payload.Options]));

    /// <summary>Reads the stored versions of an execution's steps, by grain key.</summary>
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
            // Like Orleans for a grain's own state: callers of grains know Orleans' exceptions, not the store's.
            throw new OrleansException($"The {what} of execution '{executionId}' could not be read: {e.Message}", e);
        }
    }
}
