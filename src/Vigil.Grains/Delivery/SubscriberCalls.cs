using Polly;

namespace Vigil.Grains.Delivery;

/// <summary>Tells subscriber grains what was stored, exactly: a repeated event has the same id and the same content.</summary>
internal sealed class SubscriberCalls(IGrainFactory grains, IOptions<DeliveryOptions> options, TimeProvider time)
{
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.Value.Timeout).Build();

    /// <summary>Tells one event; returning means that it was taken.</summary>
    public Task TellAsync(string destination, StoredEvent stored) => GrainDestination.TryParse(destination, out var grainId)
        ? _pipeline.ExecuteAsync(
            async cancelled => await grains.GetGrain<IExecutionSubscriber>(grainId).OnEventAsync(stored.Read()).WaitAsync(cancelled)).AsTask()
        : throw new NotSupportedException($"'{destination}' is not a destination that this version of Vigil knows.");
}
