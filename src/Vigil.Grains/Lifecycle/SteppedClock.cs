namespace Vigil.Grains.Lifecycle;

/// <summary>
/// What was noted by a clock that has since been set back, or by another silo's that runs ahead, lies in the future. Taken as it stands, it
/// would make every newer answer look old, and every wait that counts from it too long.
/// </summary>
internal static class SteppedClock
{
    /// <summary>Moves what was noted to the present, at most. What is promised by the calendar, such as the deadline, stays.</summary>
    public static ExecutionState Settle(ExecutionState state, LifecycleContext context)
    {
        var now = context.Now;
        var isAhead = state.StoredAt > now || state.ObservedAt > now || state.AttemptOpenedAt > now || state.SubmittedAt > now
            || state.NotFoundSince > now || state.PendingSince > now || state.LookAgainSince > now
            || state.Submission.SendBefore > now + LifecycleLimits.SendWindow
            || state.Submission.NotBefore > now + LifecycleLimits.LongestResendDelay;
        if (!isAhead)
        {
            return state;
        }

        // What orders answers goes behind those that may just be on their way here.
        var unordered = now - context.RequestTimeout;
        return state with
        {
            StoredAt = state.StoredAt > now ? now : state.StoredAt,
            ObservedAt = state.ObservedAt > now ? unordered : state.ObservedAt,
            AttemptOpenedAt = state.AttemptOpenedAt > now ? unordered : state.AttemptOpenedAt,
            SubmittedAt = Earlier(state.SubmittedAt, now),
            NotFoundSince = Earlier(state.NotFoundSince, now),
            PendingSince = Earlier(state.PendingSince, now),
            LookAgainSince = Earlier(state.LookAgainSince, now),
            Submission = state.Submission with
            {
                SendBefore = Earlier(state.Submission.SendBefore, now + LifecycleLimits.SendWindow),
                NotBefore = Earlier(state.Submission.NotBefore, now + LifecycleLimits.LongestResendDelay),
            },
        };
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? noted, DateTimeOffset limit) => noted > limit ? limit : noted;
}
