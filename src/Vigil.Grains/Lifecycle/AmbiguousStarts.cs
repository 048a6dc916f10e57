namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 4: a start that may have been acted on is searched for by its marker; without markers, the connection's policy decides.</summary>
internal static class AmbiguousStarts
{
    public static Transition Enter(ExecutionState state, LifecycleContext context)
    {
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
        if (!state.Submission.SearchesMarker)
        {
            return Transition.None(state);
        }

        if (input.Error is { } error)
        {
            var noted = Starting.Noted(state, error, input.SentAt);
            return error.Kind is PlatformErrorKind.Final ? Unknowable(noted, error.Code, context)
                : state.Status.IsTerminal() || state.Attention?.Reason == AttentionReasons.StartUnconfirmed ? Transition.None(state)
                : Transition.Store(Attentions.OfStart(noted, AttentionReasons.StartUnconfirmed, context), context, ExecutionEventTypes.Updated);
        }

        // A search sent too early proves nothing: the run may still appear.
        return input.SentAt < SearchUntil(state)
            ? Transition.None(state)
            : Starting.NotStarted(state, context) ?? Starting.SendAgain(state, null, context);
    }

    /// <summary>Returns the time from which a search that finds nothing proves that nothing was started.</summary>
    public static DateTimeOffset? SearchUntil(ExecutionState state) => state.Submission.SendBefore + LifecycleLimits.MarkerWindow;

    private static Transition Unknowable(ExecutionState state, string reason, LifecycleContext context)
    {
        if (state.Status.IsTerminal())
        {
            return Finishing.GiveUp(state, PendingWork.CancelRemote, reason, context);
        }

        // If a cancellation was requested, a second start would be wrong.
        return context.AmbiguousStart is AmbiguousStart.Resubmit && state.Cancel is null
            ? Starting.SendAgain(state, context.Now + Starting.Delay(state, null), context)
            : Finishing.Conclude(state.CloseSubmission(), ExecutionStatus.Lost, new(VigilReasons.StartUnconfirmed, Detail(state)), PendingWork.None, context);
    }

    private static string Detail(ExecutionState state) => string.Create(
        CultureInfo.InvariantCulture,
        $"Requests sent: {state.Submission.Claims}, the first after {state.Submission.FirstClaimedAt:u}. {state.Submission.LastError ?? "No answer was recorded."}");

    /// <summary>The run's id is known, so the run can be cancelled whether or not the retry took effect.</summary>
    private static Transition CancelWithoutKnowing(ExecutionState state, LifecycleContext context)
    {
        var closed = state.CloseSubmission();
        return Transition.StoreQuietly(closed, context, Finishing.Outstanding(closed).AsSpan());
    }
}
