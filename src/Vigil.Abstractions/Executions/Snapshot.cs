namespace Vigil;

/// <summary>The result of one poll, translated into Vigil's model.</summary>
[GenerateSerializer, Immutable, Alias("vigil.Snapshot")]
public sealed record Snapshot
{
    /// <summary>The most steps that are read from one answer; fewer are stored, the rest only counted.</summary>
    public const int MaxSteps = 100_000;

    /// <summary>Gets the status. An unknown status word is treated as <see cref="ExecutionStatus.Running"/>.</summary>
    [Id(0)] public required ExecutionStatus Status { get; init; }

    /// <summary>Gets the platform's own word for the status.</summary>
    [Id(1)] public required string RawStatus { get; init; }

    /// <summary>Gets a value indicating whether the raw status is unknown to Vigil.</summary>
    [Id(2)] public bool UnknownStatus { get; init; }

    /// <summary>Gets its progress.</summary>
    [Id(3)] public ExecutionProgress? Progress { get; init; }

    /// <summary>Gets the steps in the answer, in the platform's order.</summary>
    [Id(4)] public ImmutableArray<StepSnapshot> Steps { get; init; } = [];

    /// <summary>Gets why it did not succeed.</summary>
    [Id(5)] public ExecutionFailure? Failure { get; init; }

    /// <summary>Gets the output as JSON text.</summary>
    [Id(6)] public string? Output { get; init; }

    /// <summary>Gets its usage.</summary>
    [Id(7)] public ExecutionUsage? Usage { get; init; }

    /// <summary>Gets when it began, according to the platform, converted to our clock.</summary>
    [Id(8)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets when it ended, according to the platform, converted to our clock.</summary>
    [Id(9)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets a value indicating whether details must still be fetched, for example because a list does not include steps.</summary>
    [Id(10)] public bool Partial { get; init; }

    /// <summary>Gets the target, if the answer names it.</summary>
    [Id(11)] public ExecutionTarget? Target { get; init; }

    /// <summary>Gets how far the platform's clock is ahead of ours. It has been subtracted from the times here; add it back to compare the times of two answers exactly.</summary>
    [Id(12)] public TimeSpan ClockAhead { get; init; }

    /// <summary>Gets a value indicating whether a part of the output is missing, because it was too long or not JSON.</summary>
    [Id(20)] public bool OutputTruncated { get; init; }

    /// <summary>Gets the JSON object that describes the run in the answer, as the platform sent it, at most 1 MiB; null until the run has ended.</summary>
    [Id(21)] public string? Raw { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Raw"/> was cut.</summary>
    [Id(22)] public bool RawTruncated { get; init; }

    /// <summary>Gets what only this platform tells about a run, as the text of a JSON object with names in snake_case; null until the run has ended, and if there is nothing.</summary>
    [Id(23)] public string? Details { get; init; }
}

/// <summary>One step, as one poll reported it.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StepSnapshot")]
public sealed record StepSnapshot
{
    /// <summary>Gets the platform's id of the step, unique within the execution.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Gets its name; the id if it has none.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Gets the platform's kind of step.</summary>
    [Id(2)] public string? Kind { get; init; }

    /// <summary>Gets its status.</summary>
    [Id(3)] public required StepStatus Status { get; init; }

    /// <summary>Gets the platform's own word; null if the platform only reports progress.</summary>
    [Id(4)] public string? RawStatus { get; init; }

    /// <summary>Gets why it did not succeed.</summary>
    [Id(5)] public ExecutionFailure? Failure { get; init; }

    /// <summary>Gets its input as JSON text.</summary>
    [Id(6)] public string? Input { get; init; }

    /// <summary>Gets its output as JSON text.</summary>
    [Id(7)] public string? Output { get; init; }

    /// <summary>Gets the files it wrote.</summary>
    [Id(8)] public ImmutableArray<ExecutionFile> Files { get; init; } = [];

    /// <summary>Gets the ids of the steps it depends on.</summary>
    [Id(9)] public ImmutableArray<string> DependsOn { get; init; } = [];

    /// <summary>Gets when it began.</summary>
    [Id(10)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets when it ended.</summary>
    [Id(11)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets the id of the step that contains it; null for a step of the execution itself.</summary>
    [Id(12)] public string? ParentId { get; init; }

    /// <summary>Gets what only this platform tells about a step, as the text of a JSON object with names in snake_case.</summary>
    [Id(13)] public string? Details { get; init; }
}

/// <summary>A snapshot with the attempt and the time of its request.</summary>
/// <param name="Snapshot">The result of the poll.</param>
/// <param name="Attempt">The attempt that was polled.</param>
/// <param name="SentAt">When the request was sent, by Vigil's clock; observations older than the last applied one are dropped.</param>
/// <param name="ReceivedAt">When its answer arrived.</param>
[GenerateSerializer, Immutable, Alias("vigil.Observation")]
public sealed record Observation(
    [property: Id(0)] Snapshot Snapshot,
    [property: Id(1)] int Attempt,
    [property: Id(2)] DateTimeOffset SentAt,
    [property: Id(3)] DateTimeOffset ReceivedAt);
