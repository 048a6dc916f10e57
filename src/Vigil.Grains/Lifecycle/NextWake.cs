namespace Vigil.Grains.Lifecycle;

/// <summary>Computes the next tick. A single wake time serves all rules that wait.</summary>
internal static class NextWake
{
    /// <summary>Adds a <see cref="LifecycleEffect.WakeAt"/> if the wake time has changed.</summary>
    public static Transition Set(ExecutionState? before, LifecycleInput input, Transition transition, LifecycleContext context)
    {
        var next = Next(transition.State, context);
        var isSet = before is not null && input is not (LifecycleInput.Tick or LifecycleInput.Woken) && Next(before, context) == next;
        return next is null || isSet ? transition : transition with { Effects = transition.Effects.Add(new LifecycleEffect.WakeAt(next.Value)) };
    }

    /// <summary>Returns until when the answer to a claimed start is awaited.</summary>
    public static DateTimeOffset? AnswerBy(ExecutionState state, LifecycleContext context) =>
        state.Submission.SendBefore + context.RequestTimeout + LifecycleLimits.AnswerMargin;

    private static DateTimeOffset? Next(ExecutionState state, LifecycleContext context)
    {
        DateTimeOffset?[] times =
        [
            state.Status.IsTerminal() ? null : DeadlineCheck(state, context),
            state.Unsaved ? state.StoredAt + LifecycleLimits.ProgressInterval : null,
            state.Submission.Phase is SubmissionPhase.Sending ? AnswerCheck(state, context) : null,
            state.Submission.SearchesMarker && AmbiguousStarts.SearchUntil(state) is { } until && until > context.Now ? until : null,
            state.PendingSince + LifecycleLimits.PendingWorkTimeout,
            HasRepeats(state) ? NextRepeat(state, context.Now) : null,
        ];
        return times.Min();
    }

    // Past the deadline, the poller may still hold the end.
    private static DateTimeOffset DeadlineCheck(ExecutionState state, LifecycleContext context) =>
        context.EndIsHeld && Abandoning.DueAt(state) <= context.Now ? context.Now + LifecycleLimits.AnswerMargin : Abandoning.DueAt(state);

    // Past the time for an answer, the poller may still hold it.
    private static DateTimeOffset? AnswerCheck(ExecutionState state, LifecycleContext context) =>
        AnswerBy(state, context) is { } by && by > context.Now ? by : context.Now + LifecycleLimits.AnswerMargin;

    private static bool HasRepeats(ExecutionState state) =>
        state.PendingWork is not PendingWork.None || !state.Reports.IsEmpty
        || state.Submission.SearchesMarker || state.Submission.Phase is SubmissionPhase.Queued
        || (Cancelling.Outstanding(state).Length > 0 && !state.Status.IsTerminal());

    /// <summary>Repeats are due at whole intervals after the last write, so the state alone determines when.</summary>
    private static DateTimeOffset NextRepeat(ExecutionState state, DateTimeOffset now) =>
        state.StoredAt + (LifecycleLimits.RepeatInterval * (Math.Floor((now - state.StoredAt) / LifecycleLimits.RepeatInterval) + 1));
}
