namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 4: a start that may have been acted on is looked for where that is possible; elsewhere the connection's policy decides.</summary>
internal static class AmbiguousStarts
{
    public static Transition Enter(ExecutionState state, LifecycleContext context)
    {
        if (state.Submission.Phase is SubmissionPhase.Ambiguous)
        {
            return Transition.None(state);
        }

        var ambiguous = state with { Submission = state.Submission with { Phase = SubmissionPhase.Ambiguous } };
        if (state.Submission.IsRetry)
        {
            return state.Status.IsTerminal() ? CancelWithoutKnowing(state, context) : Transition.StoreQuietly(ambiguous, context, new LifecycleEffect.Watch());
        }

        return context.Capabilities.StartMarker
            ? Transition.StoreQuietly(ambiguous, context, new LifecycleEffect.LookForMarker())
            : Unknowable(state, VigilReasons.StartUnconfirmed, context);
    }

    public static Transition MarkerNotFound(ExecutionState state, LifecycleInput.MarkerNotFound input, LifecycleContext context)
    {
        if (!state.Submission.Sought)
        {
            return Transition.None(state);
        }

        if (input.Error is { } error)
        {
            return error.Kind is PlatformErrorKind.Final ? Unknowable(state, error.Code, context) : Transition.None(state);
        }

        // A look that left too early proves nothing: what was sent may appear after it.
        return input.SentAt < LookUntil(state)
            ? Transition.None(state)
            : Starting.NotStarted(state, context) ?? Starting.SendAgain(state, null, context);
    }

    /// <summary>The moment from which a look that finds nothing proves that nothing was started.</summary>
    public static DateTimeOffset? LookUntil(ExecutionState state) => state.Submission.SendBefore + LifecycleLimits.MarkerWindow;

    private static Transition Unknowable(ExecutionState state, string reason, LifecycleContext context)
    {
        if (state.Status.IsTerminal())
        {
            return Finishing.GiveUp(state, PendingWork.CancelRemote, reason, context);
        }

        // Somebody who wants it stopped is not served by a second start.
        return context.AmbiguousStart is AmbiguousStart.Resubmit && state.Cancel is null
            ? Starting.SendAgain(state, context.Now + Starting.Delay(state, null), context)
            : Finishing.Conclude(state with { Submission = state.Submission.Close() }, ExecutionStatus.Lost, new(VigilReasons.StartUnconfirmed), PendingWork.None, context);
    }

    /// <summary>The run's id is known, so that it can be cancelled whether the retry took effect or not.</summary>
    private static Transition CancelWithoutKnowing(ExecutionState state, LifecycleContext context)
    {
        var closed = state with { Submission = state.Submission.Close() };
        return Transition.StoreQuietly(closed, context, Finishing.Outstanding(closed).AsSpan());
    }
}
