namespace Vigil.Grains.Lifecycle;

/// <summary>Handles the passing of time, and the takeover by a new activation.</summary>
internal static class Ticks
{
    public static Transition Tick(ExecutionState state, LifecycleContext context)
    {
        if (Overdue(state, context) is { } overdue)
        {
            return overdue;
        }

        var isRepeat = context.Now - state.StoredAt >= LifecycleLimits.RepeatInterval;
        var next = isRepeat ? Reporting.Resend(state) : state;
        var effects = isRepeat || state.Submission.SearchesMarker ? Repeated(next) : [];
        return state.Unsaved && context.Now - state.StoredAt >= LifecycleLimits.ProgressInterval
            ? Transition.Store(next, context, ExecutionEventTypes.Updated, effects.AsSpan())
            : Transition.Keep(next, effects.AsSpan());
    }

    public static Transition Woken(ExecutionState state, LifecycleInput.Woken input, LifecycleContext context)
    {
        // Reports sent by an earlier activation cannot be acknowledged to this one. If the full answer cannot be fetched, steps get their summaries.
        var resumed = Reporting.Resend(Reporting.AcknowledgeStored(state, input.StoredSteps));
        var next = resumed.Status.IsTerminal() && !TerminalState.WantsDetail(resumed) ? Reporting.AddSummaries(resumed, context.Now) : resumed;
        if (MayHaveEndedInTime(next, context))
        {
            next = next with { PolledPastDeadlineUntil = next.PolledPastDeadlineUntil ?? context.Now + LifecycleLimits.AnswerMargin };
        }

        if (Overdue(next, context) is { } overdue)
        {
            return overdue;
        }

        if (next.Status.IsTerminal())
        {
            var settling = next.Submission.Phase is SubmissionPhase.Sending && !Claimed(next, input);
            return settling ? AmbiguousStarts.Enter(next, context) : Outstanding(next, context);
        }

        return next.Submission.Phase switch
        {
            SubmissionPhase.Sending => Claimed(next, input) ? Transition.Keep(next) : AmbiguousStarts.Enter(next, context),
            SubmissionPhase.Queued => Transition.Keep(next, Repeated(next).AsSpan()),
            SubmissionPhase.Ambiguous when next.Submission.SearchesMarker => Transition.Keep(next, Repeated(next).AsSpan()),
            _ => Transition.Keep(next, [new LifecycleEffect.Watch(), .. Cancelling.Outstanding(next)]),
        };
    }

    /// <summary>Resumes the work that is pending after the end. If all steps have stored their last version, reporting them is done.</summary>
    private static Transition Outstanding(ExecutionState state, LifecycleContext context)
    {
        if (!state.PendingWork.HasFlag(PendingWork.Steps) || Finishing.StepsToReport(state) is not PendingWork.None)
        {
            return Transition.Keep(state, Finishing.Outstanding(state).AsSpan());
        }

        var done = Finishing.Done(state, PendingWork.Steps, context);
        return done with { Effects = done.Effects.AddRange(Finishing.Outstanding(done.State)) };
    }

    // An end that was seen and could not be stored, or that nobody saw because the silo was down, is found by one more poll.
    private static bool MayHaveEndedInTime(ExecutionState state, LifecycleContext context) =>
        !state.Status.IsTerminal() && state.RemoteId is not null && !state.Submission.Open && state.DeadlineAt <= context.Now;

    private static Transition? Overdue(ExecutionState state, LifecycleContext context)
    {
        if (!state.Status.IsTerminal() && Abandoning.DueAt(state) <= context.Now && !context.EndIsHeld)
        {
            return Abandoning.Deadline(state, context);
        }

        if (state.Submission.Phase is SubmissionPhase.Sending && !context.StartIsHeld && NextWake.AnswerBy(state, context) <= context.Now)
        {
            return AmbiguousStarts.Enter(state, context);
        }

        if (state.PendingSince + LifecycleLimits.PendingWorkTimeout <= context.Now)
        {
            return Finishing.GiveUp(state with { Reports = [] }, state.PendingWork, VigilReasons.Unanswered, context);
        }

        return null;
    }

    /// <summary>Returns whether the silo that claimed the start is still alive, so that its answer is awaited.</summary>
    private static bool Claimed(ExecutionState state, LifecycleInput.Woken input) => input.ClaimantIsActive || input.Silo == state.Submission.Silo;

    private static ImmutableArray<LifecycleEffect> Repeated(ExecutionState state) => state switch
    {
        { Submission: { Phase: SubmissionPhase.Queued } submission } => [new LifecycleEffect.QueueSubmission(submission.NotBefore)],
        _ when state.Status.IsTerminal() || state.Submission.SearchesMarker => Finishing.Outstanding(state),
        _ => Cancelling.Outstanding(state),
    };
}
