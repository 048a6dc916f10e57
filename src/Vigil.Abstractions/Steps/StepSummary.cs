using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>The status of a step.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<StepStatus>))]
public enum StepStatus
{
    /// <summary>Not started.</summary>
    Pending = 0,

    /// <summary>Running. Unknown status words are treated as running.</summary>
    Running = 1,

    /// <summary>Ended without an error.</summary>
    Succeeded = 10,

    /// <summary>Ended with errors that did not stop the execution.</summary>
    SucceededWithErrors = 11,

    /// <summary>Ended with an error.</summary>
    Failed = 12,

    /// <summary>Stopped by a time limit.</summary>
    TimedOut = 13,

    /// <summary>Not run.</summary>
    Skipped = 14,

    /// <summary>Stopped by a cancel request.</summary>
    Cancelled = 15,
}

/// <summary>Extensions of <see cref="StepStatus"/>.</summary>
public static class StepStatusExtensions
{
    /// <summary>Returns whether the step has ended.</summary>
    public static bool IsTerminal(this StepStatus status) => status >= StepStatus.Succeeded;
}

/// <summary>The summary of a step, as listed in its execution.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StepSummary")]
public sealed record StepSummary
{
    /// <summary>Gets the platform's id of the step.</summary>
    [Id(0), JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>Gets its name.</summary>
    [Id(1), JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>Gets the platform's kind of step.</summary>
    [Id(2), JsonPropertyName("kind")] public string? Kind { get; init; }

    /// <summary>Gets its status.</summary>
    [Id(3), JsonPropertyName("status"), JsonConverter(typeof(SnakeCaseEnumConverter<StepStatus>))] public StepStatus Status { get; init; }

    /// <summary>Gets the platform's own word for the status.</summary>
    [Id(4), JsonPropertyName("raw_status")] public string? RawStatus { get; init; }

    /// <summary>Gets a short reason why it failed.</summary>
    [Id(5), JsonPropertyName("failure_reason")] public string? FailureReason { get; init; }
}
