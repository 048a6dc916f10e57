using System.Text.Json;
using Polly;
using Vigil.Storage;

namespace Vigil.Grains.Delivery;

/// <summary>Tells subscriber grains what was stored, exactly: a repeated event has the same id and the same content.</summary>
internal sealed class SubscriberCalls(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(Timeout).Build();

    /// <summary>Tells one event; returning means that it was taken.</summary>
    public Task TellAsync(string destination, StoredEvent stored) => GrainDestination.TryParse(destination, out var grainId)
        ? _pipeline.ExecuteAsync(
            async cancelled => await grains.GetGrain<IExecutionSubscriber>(grainId).OnEventAsync(EventOf(stored)).WaitAsync(cancelled)).AsTask()
        : throw new NotSupportedException($"'{destination}' is no destination that this version of Vigil knows.");

    /// <summary>Reads an event as it was stored.</summary>
    public static ExecutionEvent EventOf(StoredEvent stored) => new()
    {
        Id = $"{stored.ExecutionId}/{stored.Version}",
        Seq = stored.Seq,
        Type = stored.Type,
        At = stored.At,
        Execution = JsonSerializer.Deserialize(stored.ExecutionJson.Span, VigilJson.Default.Execution)
            ?? throw new JsonException($"Event {stored.Seq} has no execution."),
    };
}
