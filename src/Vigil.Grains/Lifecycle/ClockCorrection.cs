namespace Vigil.Grains.Lifecycle;

/// <summary>
/// Corrects stored times that lie in the future, because the clock was set back or another silo's clock is ahead. Uncorrected, newer answers would look
/// outdated, and waits that count from these times would be too long.
/// </summary>
internal static class ClockCorrection
{
    /// <summary>Limits recorded times to the present. Times promised to callers, such as the deadline, stay.</summary>
    public static ExecutionState Settle(ExecutionState state, LifecycleContext context)
    {
        var now = context.Now;
        var isAhead = state.StoredAt > now || state.ObservedAt > now || state.AttemptOpenedAt > now || state.SubmittedAt > now
            || state.NotFoundSince > now || state.PendingSince > now || state.RecheckRequestedAt > now
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
            RecheckRequestedAt = Earlier(state.RecheckRequestedAt, now),
            Submission = state.Submission with
            {
                FirstClaimedAt = Earlier(state.Submission.FirstClaimedAt, now),
                SendBefore = Earlier(state.Submission.SendBefore, now + LifecycleLimits.SendWindow),
                NotBefore = Earlier(state.Submission.NotBefore, now + LifecycleLimits.Resends.Max),
            },
        };
    }

    /// <summary>
    /// Limits the time at which a poll was sent to the present. Otherwise a not-found that is delivered again after the clock was set back would count as
    /// its own confirmation.
    /// </summary>
    public static LifecycleInput Settle(LifecycleInput input, LifecycleContext context) => input switch
    {
        LifecycleInput.Observed { Observation: var observation } observed when observation.SentAt > context.Now =>
            observed with { Observation = observation with { SentAt = context.Now } },
        LifecycleInput.NotFound missed when missed.SentAt > context.Now => missed with { SentAt = context.Now },
        LifecycleInput.PollFailed failed when failed.SentAt > context.Now => failed with { SentAt = context.Now },
        _ => input,
    };

    /// <summary>Moves a time that orders answers behind those that may still be in flight, unless it is ahead by no more than the clock tolerance.</summary>
    private static DateTimeOffset Ordering(DateTimeOffset recorded, LifecycleContext context) =>
        recorded > context.Now + LifecycleLimits.ClockTolerance ? context.Now - context.RequestTimeout : recorded;

    private static DateTimeOffset? Earlier(DateTimeOffset? recorded, DateTimeOffset limit) => recorded > limit ? limit : recorded;
}
