namespace Vigil;

/// <summary>Where an execution stands. The raw word of the platform is kept beside it.</summary>
public enum ExecutionStatus
{
    /// <summary>Accepted by Vigil; the platform has not confirmed the start yet.</summary>
    Submitting = 0,

    /// <summary>Known to the platform, waiting there.</summary>
    Pending = 1,

    /// <summary>At work on the platform. Words that Vigil does not know read as this.</summary>
    Running = 2,

    /// <summary>Waiting on the platform for a person or another input.</summary>
    AwaitingInput = 3,

    /// <summary>Ended well.</summary>
    Succeeded = 10,

    /// <summary>Ended with an error.</summary>
    Failed = 11,

    /// <summary>Stopped on somebody's request.</summary>
    Cancelled = 12,

    /// <summary>Stopped by the platform's own time limit.</summary>
    TimedOut = 13,

    /// <summary>Killed by the platform.</summary>
    Terminated = 14,

    /// <summary>The platform refused the start.</summary>
    Rejected = 15,

    /// <summary>Vigil's conclusion: the platform no longer knows it, or never confirmed the start.</summary>
    Lost = 16,

    /// <summary>Vigil's conclusion: its deadline passed, or somebody stopped the watching.</summary>
    Abandoned = 17,
}

/// <summary>Questions about an <see cref="ExecutionStatus"/>.</summary>
public static class ExecutionStatusExtensions
{
    /// <summary>Tells whether the status ends an attempt.</summary>
    public static bool IsTerminal(this ExecutionStatus status) => status >= ExecutionStatus.Succeeded;

    /// <summary>Tells whether Vigil concluded the status itself, where others repeat what the platform said.</summary>
    public static bool IsConcludedByVigil(this ExecutionStatus status) => status is ExecutionStatus.Lost or ExecutionStatus.Abandoned;
}
