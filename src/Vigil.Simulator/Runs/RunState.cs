using System.Collections.Immutable;

namespace Vigil.Simulator;

/// <summary>Where a run or a step stands, in words that are no platform's.</summary>
public enum RunPhase
{
    /// <summary>Accepted, not begun.</summary>
    Queued = 0,

    /// <summary>At work.</summary>
    Running = 1,

    /// <summary>Waiting for a person.</summary>
    AwaitingInput = 2,

    /// <summary>Ended well.</summary>
    Succeeded = 3,

    /// <summary>Ended with an error.</summary>
    Failed = 4,

    /// <summary>Stopped by somebody.</summary>
    Cancelled = 5,

    /// <summary>Stopped by the platform.</summary>
    Killed = 6,

    /// <summary>Stopped by a time limit.</summary>
    TimedOut = 7,
}

/// <summary>Where a run stands at one moment.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="StartedAt">When it began; null while it is queued.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Steps">Its steps, those that have not begun included.</param>
/// <param name="Reason">Why it did not succeed.</param>
/// <param name="Detail">More of the reason.</param>
public sealed record RunState(
    RunPhase Phase, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, ImmutableArray<StepState> Steps, string? Reason, string? Detail)
{
    /// <summary>Gets when its start was accepted.</summary>
    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Gets a value indicating whether it has ended.</summary>
    public bool HasEnded => Phase >= RunPhase.Succeeded;

    /// <summary>Gets the number of the step that it is at or was at last, from 1; 0 before the first.</summary>
    public int CurrentStep => Steps.Count(step => step.StartedAt is not null);

    /// <summary>Gets how much of the steps' time has passed, from 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>Returns it as a platform tells it whose clock runs ahead.</summary>
    internal RunState ToldBy(TimeSpan ahead) => ahead == TimeSpan.Zero ? this : this with
    {
        AcceptedAt = AcceptedAt + ahead,
        StartedAt = StartedAt + ahead,
        EndedAt = EndedAt + ahead,
        Steps = [.. Steps.Select(step => step with { StartedAt = step.StartedAt + ahead, EndedAt = step.EndedAt + ahead })],
    };
}

/// <summary>Where a step stands at one moment.</summary>
/// <param name="Index">Its place in the script, from 0.</param>
/// <param name="Script">Its script.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record StepState(int Index, StepScript Script, RunPhase Phase, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);
