namespace Vigil.Grains.Lifecycle;

/// <summary>
/// What was noted by a clock that has since been set back, or by another silo's that runs ahead, lies in the future. Taken as it stands, it
/// would make every newer answer look old, and every wait that counts from it too long.
/// </summary>
internal static class ClockCorrection
{
    /// <summary>Moves what was noted to the present, at most. What is promised by the calendar, such as the deadline, stays.</summary>
    public static ExecutionState Settle(ExecutionState state, LifecycleContext context)
    {
        var now = context.Now;
        var isAhead = state.StoredAt > now || state.ObservedAt > now || state.AttemptOpenedAt > now || state.SubmittedAt > now
            || state.NotFoundSince > now || state.PendingSince > now || state.LookAgainSince > now
            || state.Submission.FirstClaimedAt > now || state.Submission.SendBefore > now + LifecycleLimits.SendWindow
            || state.Submission.NotBefore > now + LifecycleLimits.Resends.Max;
        if (!isAhead)
        {
            return state;
        }

        return state with
        {
            StoredAt = state.StoredAt > now ? now : state.StoredAt,
            ObservedAt = state.ObservedAt is { } observed ? Ordering(observed, context) : null,
            AttemptOpenedAt = Ordering(state.AttemptOpenedAt, context),
            SubmittedAt = Earlier(state.SubmittedAt, now),
            NotFoundSince = Earlier(state.NotFoundSince, now),
            PendingSince = Earlier(state.PendingSince, now),
            LookAgainSince = Earlier(state.LookAgainSince, now),
            Submission = state.Submission with
            {
                FirstClaimedAt = Earlier(state.Submission.FirstClaimedAt, now),
                SendBefore = Earlier(state.Submission.SendBefore, now + LifecycleLimits.SendWindow),
                NotBefore = Earlier(state.Submission.NotBefore, now + LifecycleLimits.Resends.Max),
            },
        };
    }

    /// <summary>
    /// Moves the time at which an observation's request left to the present, at most. A not-found that is repeated after the clock was set back
    /// would otherwise pass for its own confirmation.
    /// </summary>
    public static LifecycleInput Settle(LifecycleInput input, LifecycleContext context) => input switch
    {
        LifecycleInput.Observed { Observation: var seen } observed when seen.SentAt > context.Now =>
            observed with { Observation = seen with { SentAt = context.Now } },
        LifecycleInput.NotFound missed when missed.SentAt > context.Now => missed with { SentAt = context.Now },
        LifecycleInput.PollFailed failed when failed.SentAt > context.Now => failed with { SentAt = context.Now },
        _ => input,
    };

    /// <summary>What orders answers goes behind those that may just be on their way here, unless silos' clocks merely differ as clocks do.</summary>
    private static DateTimeOffset Ordering(DateTimeOffset noted, LifecycleContext context) =>
        noted > context.Now + LifecycleLimits.ClockTolerance ? context.Now - context.RequestTimeout : noted;

    private static DateTimeOffset? Earlier(DateTimeOffset? noted, DateTimeOffset limit) => noted > limit ? limit : noted;
}
