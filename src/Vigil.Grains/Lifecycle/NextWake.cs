namespace Vigil.Grains.Lifecycle;

/// <summary>When the lifecycle must look at the clock again. One alarm serves every rule that waits.</summary>
internal static class NextWake
{
    /// <summary>Adds a <see cref="LifecycleEffect.WakeAt"/> where the alarm must be set anew.</summary>
    public static Transition Set(ExecutionState? before, LifecycleInput input, Transition transition, LifecycleContext context)
    {
        var next = Next(transition.State, context);
        var isSet = before is not null && input is not (LifecycleInput.Tick or LifecycleInput.Woken) && Next(before, context) == next;
        return next is null || isSet ? transition : transition with { Effects = transition.Effects.Add(new LifecycleEffect.WakeAt(next.Value)) };
    }

    /// <summary>When an answer to what was claimed is no longer waited for.</summary>
    public static DateTimeOffset? AnswerBy(ExecutionState state, LifecycleContext context) =>
        state.Submission.SendBefore + context.RequestTimeout + LifecycleLimits.AnswerMargin;

    private static DateTimeOffset? Next(ExecutionState state, LifecycleContext context)
    {
        DateTimeOffset?[] times =
        [
            state.Status.IsTerminal() ? null : state.DeadlineAt,
            state.Unsaved ? state.StoredAt + LifecycleLimits.ProgressInterval : null,
            state.Submission.Phase is SubmissionPhase.Sending ? NextLook(state, context) : null,
            state.Submission.Sought && AmbiguousStarts.LookUntil(state) > context.Now ? AmbiguousStarts.LookUntil(state) : null,
            state.PendingSince + LifecycleLimits.PendingWorkTimeout,
            HasRepeats(state) ? NextRepeat(state, context.Now) : null,
        ];
        return times.Min();
    }

    // Past the time for an answer, the poller still holds it.
    private static DateTimeOffset? NextLook(ExecutionState state, LifecycleContext context) =>
        AnswerBy(state, context) is { } by && by > context.Now ? by : context.Now + LifecycleLimits.AnswerMargin;

    private static bool HasRepeats(ExecutionState state) =>
        state.PendingWork is not PendingWork.None || !state.Reports.IsEmpty || state.Submission.Sought || state.Submission.Phase is SubmissionPhase.Queued
        || (Cancelling.Outstanding(state).Length > 0 && !state.Status.IsTerminal());

    /// <summary>Repeats are due at whole intervals after the last write, so that the state alone tells when.</summary>
    private static DateTimeOffset NextRepeat(ExecutionState state, DateTimeOffset now) =>
        state.StoredAt + (LifecycleLimits.RepeatInterval * (Math.Floor((now - state.StoredAt) / LifecycleLimits.RepeatInterval) + 1));
}
