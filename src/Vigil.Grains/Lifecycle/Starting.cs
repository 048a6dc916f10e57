namespace Vigil.Grains.Lifecycle;

/// <summary>Rules 2 and 3: a start, or a retry, is claimed before it is sent, and what its answer means.</summary>
internal static class Starting
{
    public static Transition Claim(ExecutionState state, LifecycleInput.Claim input, LifecycleContext context)
    {
        var submission = state.Submission;
        if (submission.Phase is SubmissionPhase.Sending && submission.Silo == input.Silo)
        {
            // The claimant itself asks again, so its permit got lost on the way and nothing was sent.
            return NotStarted(state, context) ?? Grant(state, input.Silo, context);
        }

        if (submission.Phase is not SubmissionPhase.Queued || state.Status.IsTerminal())
        {
            return Transition.None(state);
        }

        if (state.DeadlineAt <= context.Now)
        {
            return Abandoning.Deadline(state, context);
        }

        return submission.NotBefore > context.Now
            ? Transition.Keep(state, new LifecycleEffect.QueueSubmission(submission.NotBefore))
            : Grant(state, input.Silo, context);
    }

    public static Transition Confirmed(ExecutionState state, LifecycleInput.Confirmed input, LifecycleContext context)
    {
        if (!Confirms(state, input.ClaimNumber))
        {
            return Transition.None(state);
        }

        var confirmed = state with
        {
            RemoteId = state.RemoteId ?? input.Submitted.RemoteId,
            Submission = state.Submission with { Phase = SubmissionPhase.Confirmed, NotBefore = null },
            SubmittedAt = input.ReceivedAt,

            // What was asked before a retry left tells of the attempt before.
            AttemptOpenedAt = state.Submission.IsRetry ? input.SentAt : state.AttemptOpenedAt,
        };

        return state.Status.IsTerminal() ? ConfirmedTooLate(confirmed, context) : Begin(confirmed, input, context);
    }

    public static Transition Failed(ExecutionState state, LifecycleInput.SubmitFailed input, LifecycleContext context)
    {
        if (!Answers(state, input.ClaimNumber))
        {
            return Transition.None(state);
        }

        return StartFailures.Classify(input.Error) switch
        {
            StartFailure.SendLater => NotStarted(state, context) ?? SendAgain(state, context.Now + Delay(state, input.Error.RetryAfter), context),
            StartFailure.Rejected => Rejected(state, input.Error, context),
            _ => AmbiguousStarts.Enter(state, context),
        };
    }

    public static Transition NotSent(ExecutionState state, LifecycleInput.NotSent input, LifecycleContext context) =>
        Answers(state, input.ClaimNumber) ? NotStarted(state, context) ?? SendAgain(state, null, context) : Transition.None(state);

    /// <summary>What follows from certainty that nothing was started where sending again is out of the question; null where it is not.</summary>
    public static Transition? NotStarted(ExecutionState state, LifecycleContext context) =>
        state.Status.IsTerminal() ? NothingToCancel(state, context)
        : state.Cancel is not null ? Cancelling.BeforeSending(state, state.Cancel, context)
        : null;

    public static Transition SendAgain(ExecutionState state, DateTimeOffset? notBefore, LifecycleContext context)
    {
        var queued = state with
        {
            Submission = state.Submission with { Phase = SubmissionPhase.Queued, Silo = null, SendBefore = null, NotBefore = notBefore },
        };

        var queue = new LifecycleEffect.QueueSubmission(notBefore);
        return state.Submission.Phase is SubmissionPhase.Ambiguous
            ? Transition.StoreQuietly(queued, context, new LifecycleEffect.Unwatch(), queue)
            : Transition.StoreQuietly(queued, context, queue);
    }

    /// <summary>How long a start waits before it is sent again: what the platform asks for, or longer with each claim.</summary>
    public static TimeSpan Delay(ExecutionState state, TimeSpan? retryAfter)
    {
        var delay = retryAfter ?? LifecycleLimits.Resends.Delay(state.Submission.Claims);
        return delay < LifecycleLimits.Resends.Max ? delay : LifecycleLimits.Resends.Max;
    }

    private static Transition Grant(ExecutionState state, string silo, LifecycleContext context)
    {
        var claimed = state with
        {
            Submission = state.Submission with
            {
                Phase = SubmissionPhase.Sending,
                Silo = silo,
                SendBefore = context.Now + LifecycleLimits.SendWindow,
                FirstClaimedAt = state.Submission.FirstClaimedAt ?? context.Now,
                NotBefore = null,
                Claims = state.Submission.Claims + 1,
            },
        };
        return Transition.StoreQuietly(claimed, context, new LifecycleEffect.Send());
    }

    private static bool Answers(ExecutionState state, int claim) =>
        state.Submission.Phase is SubmissionPhase.Sending or SubmissionPhase.Ambiguous && state.Submission.Claims == claim;

    /// <summary>That a run exists is true whichever claim learned it; that a retry was accepted is true only of the last one.</summary>
    private static bool Confirms(ExecutionState state, int claim) =>
        state.Submission.FirstClaimedAt is not null
        && (state.Submission.IsRetry ? state.Submission.Open && state.Submission.Claims == claim : state.RemoteId is null);

    private static Transition Begin(ExecutionState confirmed, LifecycleInput.Confirmed input, LifecycleContext context)
    {
        if (input.Submitted.Snapshot is not { } snapshot)
        {
            return Begun(confirmed with { Status = ExecutionStatus.Pending }, context);
        }

        var answer = new Observation(snapshot, confirmed.Attempt, input.SentAt, input.ReceivedAt);
        return snapshot.Status.IsTerminal()
            ? Finishing.EndAsSeen(confirmed, answer, context, Finishing.Lag(answer))
            : Begun(Observing.Absorb(confirmed, answer), context);
    }

    /// <summary>Stores that the platform runs it, has it watched, and passes on a cancellation that had to wait for this.</summary>
    public static Transition Begun(ExecutionState confirmed, LifecycleContext context) => Transition.Store(
        confirmed, context, ExecutionEventTypes.Started, [new LifecycleEffect.Watch(), .. Cancelling.Outstanding(confirmed)]);

    /// <summary>Nobody waits for it any more, but it runs, and somebody may pay for it.</summary>
    private static Transition ConfirmedTooLate(ExecutionState confirmed, LifecycleContext context)
    {
        var known = Finishing.Add(confirmed, Cancelling.OnStopping(confirmed, context), context);
        return Transition.Store(known, context, ExecutionEventTypes.Updated, Finishing.Outstanding(known).AsSpan());
    }

    private static Transition NothingToCancel(ExecutionState state, LifecycleContext context)
    {
        var settled = state with { Submission = state.Submission.Close(), PendingWork = state.PendingWork & ~PendingWork.CancelRemote };
        return Finishing.Store(settled, context, new LifecycleEffect.Persist(null), new LifecycleEffect.Unwatch());
    }

    private static Transition Rejected(ExecutionState state, PlatformError error, LifecycleContext context) => state.Status.IsTerminal()
        ? NothingToCancel(state, context)
        : Finishing.Conclude(state with { Submission = state.Submission.Close() }, ExecutionStatus.Rejected, new(error.Code, error.Message), PendingWork.None, context);
}
