namespace Vigil.Simulator;

/// <summary>The phase of a run or a step, independent of any platform.</summary>
public enum RunPhase
{
    /// <summary>Accepted, not started.</summary>
    Queued = 0,

    /// <summary>Running.</summary>
    Running = 1,

    /// <summary>Waiting for a person.</summary>
    AwaitingInput = 2,

    /// <summary>Ended successfully.</summary>
    Succeeded = 3,

    /// <summary>Ended with an error.</summary>
    Failed = 4,

    /// <summary>Cancelled by a client.</summary>
    Cancelled = 5,

    /// <summary>Stopped by the platform.</summary>
    Killed = 6,

    /// <summary>Stopped by a time limit.</summary>
    TimedOut = 7,
}

/// <summary>The state of a run at a point in time.</summary>
/// <param name="Phase">Its phase.</param>
/// <param name="StartedAt">When it began; null while it is queued.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Steps">Its steps, including those that have not started.</param>
/// <param name="Reason">Why it did not succeed.</param>
/// <param name="Detail">More detail on the reason.</param>
public sealed record RunState(
    RunPhase Phase, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, ImmutableArray<StepState> Steps, string? Reason, string? Detail)
{
    /// <summary>Gets when its start was accepted.</summary>
    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Gets a value indicating whether it has ended.</summary>
    public bool HasEnded => Phase >= RunPhase.Succeeded;

    /// <summary>Gets the number of the current or last step, from 1; 0 before the first.</summary>
    public int CurrentStep => Steps.Count(step => step.StartedAt is not null);

    /// <summary>Gets the elapsed fraction of the steps' total time, from 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>Returns the state as reported by a platform whose clock is ahead.</summary>
    internal RunState ShiftedBy(TimeSpan ahead) => ahead == TimeSpan.Zero ? this : this with
    {
        AcceptedAt = AcceptedAt + ahead,
        StartedAt = StartedAt + ahead,
        EndedAt = EndedAt + ahead,
        Steps = [.. Steps.Select(step => step with { StartedAt = step.StartedAt + ahead, EndedAt = step.EndedAt + ahead })],
    };
}

/// <summary>The state of a step at a point in time.</summary>
public sealed record StepState(int Index, StepScript Script, RunPhase Phase, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);
