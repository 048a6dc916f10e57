using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>The types of an execution's events.</summary>
public static class ExecutionEventTypes
{
    /// <summary>Vigil accepted it.</summary>
    public const string Accepted = "execution.accepted";

    /// <summary>The platform confirmed the start.</summary>
    public const string Started = "execution.started";

    /// <summary>Progress or steps changed.</summary>
    public const string Updated = "execution.updated";

    /// <summary>It waits for a person or other input.</summary>
    public const string AwaitingInput = "execution.awaiting_input";

    /// <summary>It ended.</summary>
    public const string Ended = "execution.ended";

    /// <summary>A new attempt was opened.</summary>
    public const string Reopened = "execution.reopened";

    /// <summary>Gets all types.</summary>
    public static ImmutableArray<string> All { get; } = [Accepted, Started, Updated, AwaitingInput, Ended, Reopened];
}

/// <summary>One stored change of an execution. An event may be delivered more than once, always with the same id and content.</summary>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionEvent")]
public sealed record ExecutionEvent
{
    /// <summary>Gets the event's id, <c>{execution}/{version}</c>.</summary>
    [Id(0), JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>Gets its sequence number among all events of the store; 0 if the grain sent it before the store assigned one.</summary>
    [Id(1), JsonPropertyName("seq")] public long Seq { get; init; }

    /// <summary>Gets its type, one of <see cref="ExecutionEventTypes"/>.</summary>
    [Id(2), JsonPropertyName("type")] public required string Type { get; init; }

    /// <summary>Gets when it was stored.</summary>
    [Id(3), JsonPropertyName("at")] public DateTimeOffset At { get; init; }

    /// <summary>
    /// Gets the execution as stored at that time. Its <see cref="Vigil.Execution.Steps"/> are those that changed since the previous event, at most
    /// <see cref="Vigil.Execution.MaxSteps"/>; if more changed, <see cref="Vigil.Execution.StepsTruncated"/> is set and the steps must be read separately.
    /// The event that brings the output contains it up to 64 KiB; a longer one is only counted, in <see cref="Vigil.Execution.OutputBytes"/>.
    /// </summary>
    [Id(4), JsonPropertyName("execution")] public required Execution Execution { get; init; }

    /// <summary>Gets the version of the execution in the event.</summary>
    [JsonIgnore] public long Version => Execution.Version;
}
