namespace Vigil.Grains.Lifecycle;

/// <summary>Rules 7 and 8: a run that the platform does not know, or refuses to return.</summary>
internal static class NotFound
{
    public static Transition Observe(ExecutionState state, LifecycleInput.NotFound input, LifecycleContext context)
    {
        var counted = Observing.Count(state, input.RequestShare, input.Polls);
        if (Observing.IsStale(state, input.Attempt, input.SentAt))
        {
            return Transition.None(counted);
        }

        if (state.Status.IsTerminal())
        {
            return TerminalState.NotFound(counted, input.SentAt, context);
        }

        if (AwaitsAnswer(state) || input.SentAt < (state.SubmittedAt ?? state.AttemptOpenedAt) + LifecycleLimits.NotFoundGrace)
        {
            return Transition.None(counted);
        }

        var since = state.NotFoundSince ?? input.SentAt;
        var confirmFrom = since + LifecycleLimits.NotFoundConfirmation;
        return input.Single && input.SentAt >= confirmFrom
            ? Finishing.Conclude(counted.CloseSubmission(), ExecutionStatus.Lost, new(VigilReasons.NotFound, $"The platform did not know the run at {since:u} and at {input.SentAt:u}."), PendingWork.None, context)
            : Transition.Keep(counted with { NotFoundSince = since }, new LifecycleEffect.ConfirmNotFound(confirmFrom));
    }

    public static Transition Failed(ExecutionState state, LifecycleInput.PollFailed input, LifecycleContext context)
    {
        var counted = Observing.Count(state, input.RequestShare, input.Polls);
        if (state.Status.IsTerminal() || AwaitsAnswer(state) || input.Error.Kind is not PlatformErrorKind.Final
            || Observing.IsStale(state, input.Attempt, input.SentAt))
        {
            return Transition.None(counted);
        }

        var failure = new ExecutionFailure(VigilReasons.Refused, $"{input.Error.Code}: {input.Error.Message}");
        return Finishing.Conclude(counted.CloseSubmission(), ExecutionStatus.Lost, failure, Cancelling.OnStopping(state, context), context);
    }

    /// <summary>A retry is in progress, so the run's current status is about to be superseded by its answer.</summary>
    private static bool AwaitsAnswer(ExecutionState state) => state.Submission.Phase is SubmissionPhase.Queued or SubmissionPhase.Sending;
}
