namespace Vigil;

/// <summary>An event as stored: its execution stays JSON until <see cref="Read"/> is called.</summary>
/// <param name="Seq">Its sequence number among all events.</param>
/// <param name="ExecutionId">The execution.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Version">The version of the execution in it.</param>
/// <param name="Type">One of <see cref="ExecutionEventTypes"/>.</param>
/// <param name="At">When it was stored.</param>
/// <param name="ExecutionJson">The execution as UTF-8 JSON; empty if the reader left it out.</param>
[GenerateSerializer, Immutable, Alias("vigil.StoredEvent")]
public sealed record StoredEvent(
    [property: Id(0)] long Seq,
    [property: Id(1)] string ExecutionId,
    [property: Id(2)] int Attempt,
    [property: Id(3)] long Version,
    [property: Id(4)] string Type,
    [property: Id(5)] DateTimeOffset At,
    [property: Id(6)] ReadOnlyMemory<byte> ExecutionJson)
{
    /// <summary>Deserializes the event. The result is the same every time.</summary>
    public ExecutionEvent Read() => new()
    {
        Id = $"{ExecutionId}/{Version}",
        Seq = Seq,
        Type = Type,
        At = At,
        Execution = JsonSerializer.Deserialize(ExecutionJson.Span, VigilJson.Default.Execution) ?? throw new JsonException($"Event {Seq} has no execution."),
    };
}
