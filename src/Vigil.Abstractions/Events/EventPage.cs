namespace Vigil;

/// <summary>A part of the stored events.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Next">
/// The number to continue after: a sequence number among all events, a version among those of one execution. It also passes over events that the reader did
/// not want.
/// </param>
/// <param name="IsGap">
/// Whether events after the number that was asked for are missing, because they are not kept any more or because the store was restored from a backup. Such a
/// page has no events.
/// </param>
/// <param name="IsEnd">Whether the execution has ended and has no further events, unless it is retried. Such a page has no events.</param>
[GenerateSerializer, Immutable, Alias("vigil.EventPage")]
public sealed record EventPage(
    [property: Id(0)] ImmutableArray<StoredEvent> Events,
    [property: Id(1)] long Next,
    [property: Id(2)] bool IsGap = false,
    [property: Id(3)] bool IsEnd = false);

/// <summary>Which events to read.</summary>
[GenerateSerializer, Immutable, Alias("vigil.EventQuery")]
public sealed record EventQuery
{
    /// <summary>The largest number of <see cref="ExecutionIds"/>.</summary>
    public const int MaxExecutionIds = 256;

    /// <summary>
    /// Gets the sequence number of the last event that the reader has seen; 0 to begin with the first event that is kept; null to learn the current number
    /// without reading.
    /// </summary>
    [Id(0)] public long? AfterSeq { get; init; }

    /// <summary>Gets the executions whose events are read, at most <see cref="MaxExecutionIds"/>; empty for all.</summary>
    [Id(1)] public ImmutableArray<string> ExecutionIds { get; init; } = [];

    /// <summary>Gets which of their events are read.</summary>
    [Id(2)] public EventFilter Filter { get; init; } = new();

    /// <summary>Gets a value indicating whether the executions are left out of the events, for a reader that needs only to know that something happened.</summary>
    [Id(3)] public bool OmitExecutions { get; init; }
}
