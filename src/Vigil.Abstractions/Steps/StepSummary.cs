namespace Vigil;

/// <summary>Where a step stands.</summary>
public enum StepStatus
{
    /// <summary>Not begun.</summary>
    Pending = 0,

    /// <summary>At work. Words that Vigil does not know read as this.</summary>
    Running = 1,

    /// <summary>Ended well.</summary>
    Succeeded = 10,

    /// <summary>Ended with errors that did not stop the execution.</summary>
    SucceededWithErrors = 11,

    /// <summary>Ended with an error.</summary>
    Failed = 12,

    /// <summary>Stopped by a time limit.</summary>
    TimedOut = 13,

    /// <summary>Left out.</summary>
    Skipped = 14,

    /// <summary>Stopped on somebody's request.</summary>
    Cancelled = 15,
}

/// <summary>Questions about a <see cref="StepStatus"/>.</summary>
public static class StepStatusExtensions
{
    /// <summary>Tells whether the step has ended.</summary>
    public static bool IsTerminal(this StepStatus status) => status >= StepStatus.Succeeded;
}

/// <summary>A step in short, as an execution lists it.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StepSummary")]
public sealed record StepSummary
{
    /// <summary>Gets the platform's id of the step.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Gets its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Gets the platform's kind of step.</summary>
    [Id(2)] public string? Kind { get; init; }

    /// <summary>Gets where it stands.</summary>
    [Id(3)] public StepStatus Status { get; init; }

    /// <summary>Gets the platform's own word.</summary>
    [Id(4)] public string? RawStatus { get; init; }

    /// <summary>Gets why it failed, in short.</summary>
    [Id(5)] public string? FailureReason { get; init; }
}
