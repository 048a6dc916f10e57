namespace Vigil.Grains.Delivery;

/// <summary>Tells subscriber grains what was stored, exactly: a repeated event has the same id and the same content.</summary>
internal sealed class SubscriberCalls(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Tells one event; returning means that it was taken.</summary>
    public Task TellAsync(string destination, StoredEvent stored) => GrainDestination.TryParse(destination, out var grainId)
        ? grains.GetGrain<IExecutionSubscriber>(grainId).OnEventAsync(stored.Read()).WaitAsync(Patience, time)
        : throw new NotSupportedException($"'{destination}' is no destination that this version of Vigil knows.");
}
