using System.Text.Json.Serialization;
using Orleans.Concurrency;

namespace Vigil;

/// <summary>One step of an execution: its history, input, output, failure and files. The key is a <see cref="StepKey"/>.</summary>
[Alias("vigil.IStepGrain")]
public interface IStepGrain : IGrainWithStringKey
{
    /// <summary>Returns the step as last reported.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such step.</exception>
    [Alias("GetAsync"), AlwaysInterleave]
    Task<Step> GetAsync();

    /// <summary>
    /// Applies a report about the step; a report whose version is not newer than the step's own is ignored.
    /// Returning acknowledges the report: an ended step is stored by then, other steps at most every 10 seconds.
    /// </summary>
    [Alias("TellAsync")]
    Task TellAsync(StepReport report);
}

/// <summary>A change of a step that its execution reports to the step's grain.</summary>
/// <param name="ExecutionId">The execution's id.</param>
/// <param name="Attempt">The attempt that the step belongs to.</param>
/// <param name="Version">The version of the step; it increases within the execution.</param>
/// <param name="At">When the change was observed.</param>
/// <param name="Snapshot">The step as polled.</param>
[GenerateSerializer, Immutable, Alias("vigil.StepReport")]
public sealed record StepReport(
    [property: Id(0)] string ExecutionId,
    [property: Id(1)] int Attempt,
    [property: Id(2)] long Version,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] StepSnapshot Snapshot);

/// <summary>One step of an execution with all its data.</summary>
[GenerateSerializer, Immutable, Alias("vigil.Step")]
public sealed record Step
{
    /// <summary>Gets the execution's id.</summary>
    [Id(0), JsonPropertyName("execution_id")] public required string ExecutionId { get; init; }

    /// <summary>Gets the platform's id of the step.</summary>
    [Id(1), JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>Gets its name.</summary>
    [Id(2), JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>Gets the platform's kind of step.</summary>
    [Id(3), JsonPropertyName("kind")] public string? Kind { get; init; }

    /// <summary>Gets its status.</summary>
    [Id(4), JsonPropertyName("status"), JsonConverter(typeof(SnakeCaseEnumConverter<StepStatus>))] public StepStatus Status { get; init; }

    /// <summary>Gets the platform's own word for the status.</summary>
    [Id(5), JsonPropertyName("raw_status")] public string? RawStatus { get; init; }

    /// <summary>Gets why it did not succeed.</summary>
    [Id(6), JsonPropertyName("failure")] public ExecutionFailure? Failure { get; init; }

    /// <summary>Gets its input as JSON text, at most 64 KiB.</summary>
    [Id(7), JsonPropertyName("input"), JsonConverter(typeof(JsonTextConverter))] public string? Input { get; init; }

    /// <summary>Gets its output as JSON text, at most 64 KiB.</summary>
    [Id(8), JsonPropertyName("output"), JsonConverter(typeof(JsonTextConverter))] public string? Output { get; init; }

    /// <summary>Gets the files it wrote.</summary>
    [Id(9), JsonPropertyName("files")] public ImmutableArray<ExecutionFile> Files { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Gets the ids of the steps it depends on.</summary>
    [Id(10), JsonPropertyName("depends_on")] public ImmutableArray<string> DependsOn { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Gets the attempt it belongs to.</summary>
    [Id(11), JsonPropertyName("attempt")] public int Attempt { get; init; } = 1;

    /// <summary>Gets its version: the number of its last change.</summary>
    [Id(12), JsonPropertyName("version")] public long Version { get; init; }

    /// <summary>Gets when it began.</summary>
    [Id(13), JsonPropertyName("started_at")] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets when it ended.</summary>
    [Id(14), JsonPropertyName("ended_at")] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets the changes of its status, oldest first; the last 32 are kept.</summary>
    [Id(15), JsonPropertyName("history")] public ImmutableArray<StepChange> History { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Gets the id of the step that contains it; null for a step of the execution itself.</summary>
    [Id(16), JsonPropertyName("parent_id")] public string? ParentId { get; init; }

    /// <summary>Gets what only its platform tells, as the text of a JSON object of at most 64 KiB.</summary>
    [Id(17), JsonPropertyName("details"), JsonConverter(typeof(JsonTextConverter))] public string? Details { get; init; }
}

/// <summary>One change of a step's status.</summary>
/// <param name="At">When the change was observed.</param>
/// <param name="Attempt">The attempt that the step belonged to.</param>
/// <param name="Status">Its status since then.</param>
/// <param name="RawStatus">The platform's own word for that status.</param>
[GenerateSerializer, Immutable, Alias("vigil.StepChange")]
public sealed record StepChange(
    [property: Id(0), JsonPropertyName("at")] DateTimeOffset At,
    [property: Id(1), JsonPropertyName("attempt")] int Attempt,
    [property: Id(2), JsonPropertyName("status"), JsonConverter(typeof(SnakeCaseEnumConverter<StepStatus>))] StepStatus Status,
    [property: Id(3), JsonPropertyName("raw_status")] string? RawStatus);
