namespace Vigil.Grains.Lifecycle;

/// <summary>What is done because time has passed, or because a new activation takes over from one that is gone.</summary>
internal static class Ticks
{
    public static Transition Tick(ExecutionState state, LifecycleContext context)
    {
        if (Overdue(state, context) is { } overdue)
        {
            return overdue;
        }

        var repeats = context.Now - state.StoredAt >= LifecycleLimits.RepeatInterval;
        var next = repeats ? Reporting.Again(state) : state;
        var effects = repeats || state.Submission.Sought ? Repeated(next) : [];
        return state.Unsaved && context.Now - state.StoredAt >= LifecycleLimits.ProgressInterval
            ? Transition.Store(next, context, ExecutionEventTypes.Updated, effects.AsSpan())
            : Transition.Keep(next, effects.AsSpan());
    }

    public static Transition Woken(ExecutionState state, LifecycleInput.Woken input, LifecycleContext context)
    {
        // Nothing that an earlier activation told is on its way to this one, and steps whose reports nobody can fetch are told in short.
        var again = Reporting.Again(Reporting.Stored(state, input.StoredSteps));
        var next = again.Status.IsTerminal() && !TerminalState.WantsDetail(again) ? Reporting.Complete(again, context.Now) : again;
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
            SubmissionPhase.Ambiguous when next.Submission.Sought => Transition.Keep(next, Repeated(next).AsSpan()),
            _ => Transition.Keep(next, [new LifecycleEffect.Watch(), .. Cancelling.Outstanding(next)]),
        };
    }

    /// <summary>Takes up what is left after the end. Steps that have all stored their last are done, although nobody could store that they are.</summary>
    private static Transition Outstanding(ExecutionState state, LifecycleContext context)
    {
        if (!state.PendingWork.HasFlag(PendingWork.Steps) || Finishing.StepsToTell(state) is not PendingWork.None)
        {
            return Transition.Keep(state, Finishing.Outstanding(state).AsSpan());
        }

        var done = Finishing.Done(state, PendingWork.Steps, context);
        return done with { Effects = done.Effects.AddRange(Finishing.Outstanding(done.State)) };
    }

    private static Transition? Overdue(ExecutionState state, LifecycleContext context)
    {
        if (!state.Status.IsTerminal() && state.DeadlineAt <= context.Now)
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

    /// <summary>The silo that claimed the start still lives: its answer is waited for.</summary>
    private static bool Claimed(ExecutionState state, LifecycleInput.Woken input) => input.ClaimantIsActive || input.Silo == state.Submission.Silo;

    private static ImmutableArray<LifecycleEffect> Repeated(ExecutionState state) => state switch
    {
        { Submission: { Phase: SubmissionPhase.Queued } submission } => [new LifecycleEffect.QueueSubmission(submission.NotBefore)],
        _ when state.Status.IsTerminal() || state.Submission.Sought => Finishing.Outstanding(state),
        _ => Cancelling.Outstanding(state),
    };
}
