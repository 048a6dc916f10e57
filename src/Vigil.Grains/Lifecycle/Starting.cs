namespace Vigil.Grains.Lifecycle;

/// <summary>Rules 2 and 3: a start or retry is claimed before it is sent, and its answer is applied.</summary>
internal static class Starting
{
    public static Transition Claim(ExecutionState state, LifecycleInput.Claim input, LifecycleContext context)
    {
        var submission = state.Submission;
        if (submission.Phase is SubmissionPhase.Sending && submission.Silo == input.Silo)
        {
            // The claimant itself claims again, so its permit was lost on the way and nothing was sent.
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
            Attention = null,

            // Polls sent before a retry are about the previous attempt.
            AttemptOpenedAt = state.Submission.IsRetry ? input.SentAt : state.AttemptOpenedAt,
        };

        return !state.Status.IsTerminal() ? Begin(confirmed, input, context)
            : state is { Status: ExecutionStatus.Lost, Failure.Reason: VigilReasons.StartUnconfirmed } && state.DeadlineAt > context.Now
                ? Retrying.Disproved(confirmed, context)
            : ConfirmedTooLate(confirmed, context);
    }

    public static Transition Failed(ExecutionState state, LifecycleInput.SubmitFailed input, LifecycleContext context)
    {
        if (!Answers(state, input.ClaimNumber))
        {
            return Transition.None(state);
        }

        var failed = Noted(state, input.Error, input.ReceivedAt);
        return input.Error switch
        {
            { StatusCode: 401 or 429 } => SendLater(failed, input.Error, context),

            // A refusal by something in front of the platform, which may be gone the next time.
            { CertainlyNotActedOn: true, Kind: PlatformErrorKind.Transient } => SendLater(failed, input.Error, context),
            { StatusCode: { } status } when RefusedStatuses.Contains(status) => Rejected(failed, input.Error, context),
            { CertainlyNotActedOn: false } when state.Submission.Phase is SubmissionPhase.Ambiguous => Transition.None(state),
            { CertainlyNotActedOn: false } => AmbiguousStarts.Enter(failed, context),

            // Certainly not acted on, for example because there was no connection: transient errors are retried, others are refusals.
            { Kind: PlatformErrorKind.Transient or PlatformErrorKind.Credential } => SendLater(failed, input.Error, context),
            _ => Rejected(failed, input.Error, context),
        };
    }

    /// <summary>Remembers a failed request, so that a conclusion can say what was last seen.</summary>
    public static ExecutionState Noted(ExecutionState state, PlatformError error, DateTimeOffset at) => state with
    {
        Submission = state.Submission with { LastError = Describe(error, at) },
    };

    public static Transition NotSent(ExecutionState state, LifecycleInput.NotSent input, LifecycleContext context) =>
        Answers(state, input.ClaimNumber)
            ? NotStarted(state, context) ?? SendAgain(state with { Requests = state.Requests - 1 }, null, context)
            : Transition.None(state);

    /// <summary>Handles certainty that nothing was started; returns null if the start should be sent again.</summary>
    public static Transition? NotStarted(ExecutionState state, LifecycleContext context) =>
        state.Status.IsTerminal() ? NothingToCancel(state, context)
        : state.Cancel is not null ? Cancelling.BeforeSending(state, state.Cancel, context)
        : null;

    public static Transition SendAgain(ExecutionState state, DateTimeOffset? notBefore, LifecycleContext context)
    {
        var sentBack = state.Submission.SentBack + 1;
        var queued = state with
        {
            Submission = state.Submission with { Phase = SubmissionPhase.Queued, Silo = null, SendBefore = null, NotBefore = notBefore, SentBack = sentBack },
        };
        queued = sentBack >= LifecycleLimits.FailuresBeforeAttention ? Attentions.OfStart(queued, AttentionReasons.StartDelayed, context) : queued;

        var queue = new LifecycleEffect.QueueSubmission(notBefore);
        var write = new LifecycleEffect.Persist(queued.Attention == state.Attention ? null : ExecutionEventTypes.Updated);
        return Transition.Store(queued, context, write, state.Submission.Phase is SubmissionPhase.Ambiguous ? [new LifecycleEffect.Unwatch(), queue] : [queue]);
    }

    /// <summary>Returns the delay before a start is sent again: the platform's Retry-After, or a delay that grows with each claim.</summary>
    public static TimeSpan Delay(ExecutionState state, TimeSpan? retryAfter)
    {
        var delay = retryAfter ?? LifecycleLimits.Resends.Delay(state.Submission.Claims);
        return delay < LifecycleLimits.Resends.Max ? delay : LifecycleLimits.Resends.Max;
    }

    private static string Describe(PlatformError error, DateTimeOffset at)
    {
        var status = error.StatusCode is { } code ? $" (HTTP {code})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Last seen at {at:u}: {error.Code}{status}: {Truncation.CutText(error.Message, LifecycleLimits.ReasonLength)}");
    }

    private static Transition SendLater(ExecutionState state, PlatformError error, LifecycleContext context) =>
        NotStarted(state, context) ?? SendAgain(state, context.Now + Delay(state, error.RetryAfter), context);

    private static Transition Grant(ExecutionState state, string silo, LifecycleContext context)
    {
        var claimed = state with
        {
            Requests = state.Requests + 1,
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

    /// <summary>A confirmed run exists whichever claim started it, but only the last claim of a retry can confirm it.</summary>
    private static bool Confirms(ExecutionState state, int claim) =>
        state.Submission.FirstClaimedAt is not null
        && (state.Submission.IsRetry ? state.Submission.Open && state.Submission.Claims == claim : state.RemoteId is null);

    private static Transition Begin(ExecutionState confirmed, LifecycleInput.Confirmed input, LifecycleContext context)
    {
        if (input.Submitted.Snapshot is not { } snapshot)
        {
            return Begun(confirmed with { Status = ExecutionStatus.Pending }, ExecutionEventTypes.Started, context);
        }

        var answer = new Observation(snapshot, confirmed.Attempt, input.SentAt, input.ReceivedAt);
        return snapshot.Status.IsTerminal()
            ? Finishing.EndAsSeen(confirmed, answer, context, Finishing.Lag(answer))
            : Begun(Observing.Absorb(confirmed, answer), ExecutionEventTypes.Started, context);
    }

    /// <summary>Stores that the platform runs it, starts watching it and sends a cancellation that had to wait for this.</summary>
    public static Transition Begun(ExecutionState confirmed, string eventType, LifecycleContext context) => Transition.Store(
        confirmed, context, eventType, [new LifecycleEffect.Watch(), .. Cancelling.Outstanding(confirmed)]);

    /// <summary>The execution has already ended, but the run exists and may cost money, so it may have to be cancelled.</summary>
    private static Transition ConfirmedTooLate(ExecutionState confirmed, LifecycleContext context)
    {
        var known = Finishing.Add(confirmed, Cancelling.OnStopping(confirmed, context), context);
        return Transition.Store(known, context, ExecutionEventTypes.Updated, Finishing.Outstanding(known).AsSpan());
    }

    private static Transition NothingToCancel(ExecutionState state, LifecycleContext context)
    {
        var settled = state.CloseSubmission() with { PendingWork = state.PendingWork & ~PendingWork.CancelRemote };
        return Finishing.Store(settled, context, new LifecycleEffect.Persist(null), new LifecycleEffect.Unwatch());
    }

    private static Transition Rejected(ExecutionState state, PlatformError error, LifecycleContext context) => state.Status.IsTerminal()
        ? NothingToCancel(state, context)
        : Finishing.Conclude(state.CloseSubmission(), ExecutionStatus.Rejected, new(error.Code, error.Message), PendingWork.None, context);
}
