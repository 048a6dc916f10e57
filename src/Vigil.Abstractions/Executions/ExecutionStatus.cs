using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>The status of an execution. The platform's own word for it is <see cref="Execution.RawStatus"/>.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ExecutionStatus>))]
public enum ExecutionStatus
{
    /// <summary>Accepted by Vigil; the platform has not confirmed the start yet.</summary>
    Submitting = 0,

    /// <summary>Known to the platform and waiting there.</summary>
    Pending = 1,

    /// <summary>Running on the platform. Unknown status words are treated as running.</summary>
    Running = 2,

    /// <summary>Waiting on the platform for a person or other input.</summary>
    AwaitingInput = 3,

    /// <summary>Ended without an error.</summary>
    Succeeded = 10,

    /// <summary>Ended with an error.</summary>
    Failed = 11,

    /// <summary>Stopped by a cancel request.</summary>
    Cancelled = 12,

    /// <summary>Stopped by the platform's own time limit.</summary>
    TimedOut = 13,

    /// <summary>Killed by the platform.</summary>
    Terminated = 14,

    /// <summary>The platform refused the start.</summary>
    Rejected = 15,

    /// <summary>Vigil's conclusion: the platform no longer knows it, or never confirmed the start.</summary>
    Lost = 16,

    /// <summary>Vigil's conclusion: its deadline passed, or a caller abandoned it.</summary>
    Abandoned = 17,
}

/// <summary>Extensions of <see cref="ExecutionStatus"/>.</summary>
public static class ExecutionStatusExtensions
{
    /// <summary>Returns whether the status ends an attempt.</summary>
    public static bool IsTerminal(this ExecutionStatus status) => status >= ExecutionStatus.Succeeded;

    /// <summary>Returns whether the status is Vigil's own conclusion rather than the platform's report.</summary>
    public static bool IsConcludedByVigil(this ExecutionStatus status) => status is ExecutionStatus.Lost or ExecutionStatus.Abandoned;
}
