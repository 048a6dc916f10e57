namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 12: the platform may rerun a finished execution under the same id. That is a further attempt; the history is kept.</summary>
internal static class Retrying
{
    public static Transition Retry(ExecutionState state, LifecycleContext context)
    {
        if (!context.Capabilities.Retry)
        {
            throw new CommandNotSupportedException("retry", state.Platform);
        }

        // The caller may repeat the command because the first answer was lost.
        if (state.Submission is { IsRetry: true, Open: true } && !state.Status.IsTerminal())
        {
            return Transition.None(state);
        }

        if (!state.Status.IsTerminal())
        {
            throw Conflict(state, "not_finished", "has not ended");
        }

        if (state.RemoteId is null || state.Status is ExecutionStatus.Succeeded || state.Status.IsConcludedByVigil())
        {
            throw Conflict(state, "not_retryable", $"ended as {state.Status}, which the platform cannot run again");
        }

        if (state.DeadlineAt <= context.Now)
        {
            throw Conflict(state, "deadline_passed", "is past its deadline, which counts over all attempts");
        }

        var submission = new Submission { Phase = SubmissionPhase.Queued, IsRetry = true, Claims = state.Submission.Claims };
        var reopened = Open(state, submission, context.Now, context);
        return Transition.Store(
            reopened, context, ExecutionEventTypes.Reopened, new LifecycleEffect.Unwatch(), new LifecycleEffect.QueueSubmission(null));
    }

    public static Transition Nudge(ExecutionState state, LifecycleContext context) => CanRunAgain(state, context)
        ? Transition.Keep(state with { RecheckRequestedAt = context.Now }, new LifecycleEffect.Recheck())
        : Transition.None(state);

    /// <summary>A finished run was seen running: it was retried outside of Vigil. That is a further attempt.</summary>
    public static Transition RunsAgain(ExecutionState state, Observation observation, LifecycleContext context)
    {
        if (!CanRunAgain(state, context))
        {
            return Transition.None(state);
        }

        var submission = state.Submission with { Phase = SubmissionPhase.Closed };
        var reopened = Observing.Absorb(Open(state, submission, observation.SentAt, context), observation);
        return Transition.Store(reopened, context, ExecutionEventTypes.Reopened, new LifecycleEffect.Watch());
    }

    /// <summary>
    /// Reopens an attempt that was concluded lost because its start was unconfirmed. The confirmation that has now arrived disproves the conclusion, and
    /// callers may have been notified of it, so this is a further attempt.
    /// </summary>
    public static Transition Disproved(ExecutionState confirmed, LifecycleContext context)
    {
        var reopened = Open(confirmed, confirmed.Submission, confirmed.AttemptOpenedAt, context) with
        {
            Status = ExecutionStatus.Pending,
            SubmittedAt = confirmed.SubmittedAt,
            Cancel = confirmed.Cancel,
        };
        return Starting.Begun(reopened, ExecutionEventTypes.Reopened, context);
    }

    /// <summary>Returns whether an observed end belongs, as far as can be known, to the previous attempt.</summary>
    public static bool IsPreviousEnd(ExecutionState state, Observation observation)
    {
        if (state.Attempt == 1 || state.History is [.., { Status: ExecutionStatus.Lost }])
        {
            return false;
        }

        // Once this attempt has been seen running, every end is its own, unless the platform's clock proves that a lagging replica answered.
        var isSeen = state.RawStatus is not null;
        return EndedEarlier(state, observation.Snapshot) is { } isEarlier
            ? isEarlier && !(isSeen && IsWindowOver(state, observation))
            : !isSeen && !IsWindowOver(state, observation);
    }

    /// <summary>Ignores the end of the previous attempt until the retry window is over.</summary>
    public static Transition PreviousEnd(ExecutionState state, Observation observation, LifecycleContext context)
    {
        if (!IsWindowOver(state, observation))
        {
            return Transition.None(state);
        }

        // A confirmed retry without any trace for that long ends as the platform says; one with an unknown outcome was certainly not acted on.
        return state.Submission.Open
            ? Starting.NotStarted(state, context) ?? Starting.SendAgain(state, null, context)
            : Finishing.EndAsSeen(state, observation, context, lagMs: null);
    }

    /// <summary>Returns whether the end of the previous attempt counts again; never while the retry itself is being sent.</summary>
    private static bool IsWindowOver(ExecutionState state, Observation observation) => observation.SentAt >= state.Submission.Phase switch
    {
        SubmissionPhase.Queued or SubmissionPhase.Sending => null,
        SubmissionPhase.Ambiguous => state.Submission.SendBefore + LifecycleLimits.RetryWindow,
        _ => (state.SubmittedAt ?? state.AttemptOpenedAt) + LifecycleLimits.RetryWindow,
    };

    /// <summary>
    /// Returns whether the end that was seen is earlier than this attempt; null if the snapshot has no end. If the previous end is known, both are compared
    /// by the platform's own clock, since its offset may have changed in between; otherwise by ours. An end long before a confirmed retry is earlier too:
    /// the run may have been retried outside of Vigil meanwhile. That only delays the end, so it proves nothing about a retry with an unknown outcome.
    /// </summary>
    private static bool? EndedEarlier(ExecutionState state, Snapshot snapshot) =>
        snapshot.EndedAt is not { } endedAt ? null
        : !state.Submission.Open && endedAt < state.AttemptOpenedAt - LifecycleLimits.ClockTolerance ? true
        : state.History is [.., { EndedAt: { } before } earlier] ? endedAt + snapshot.ClockAhead <= before + (earlier.ClockAhead ?? TimeSpan.Zero)
        : endedAt < state.AttemptOpenedAt;

    /// <summary>Returns by how much the platform's clock is ahead of ours; null for zero, which takes no space when stored.</summary>
    public static TimeSpan? ClockAheadOf(Snapshot snapshot) => snapshot.ClockAhead == TimeSpan.Zero ? null : snapshot.ClockAhead;

    private static bool CanRunAgain(ExecutionState state, LifecycleContext context) =>
        context.Capabilities.Retry && state.RemoteId is not null && context.Now < state.DeadlineAt
        && state.Status.IsTerminal() && !state.Status.IsConcludedByVigil();

    private static ExecutionState Open(ExecutionState state, Submission submission, DateTimeOffset openedAt, LifecycleContext context)
    {
        var outcome = new AttemptOutcome(state.Attempt, state.Status, state.RawStatus, state.Failure, state.EndedAt, state.ClockAhead);

        // Reports to steps continue and a reminder stays; the rest belonged to an end that no longer counts.
        var obsolete = state.PendingWork & (PendingWork.Detail | PendingWork.CancelRemote);
        return Finishing.Record(state, obsolete, VigilReasons.Reopened, context) with
        {
            History = [.. state.History.Append(outcome).TakeLast(LifecycleLimits.History)],
            Attempt = state.Attempt + 1,
            AttemptOpenedAt = openedAt,
            Submission = submission,
            Status = ExecutionStatus.Submitting,
            RawStatus = null,
            Progress = null,
            Failure = null,
            OutputTruncated = false,
            OutputBytes = 0,
            SubmittedAt = null,
            StartedAt = null,
            EndedAt = null,
            ClockAhead = null,
            ObservedAt = null,
            LagMs = null,
            NotFoundSince = null,
            RecheckRequestedAt = null,
            Cancel = null,
            PendingWork = PendingWork.None,
            PendingSince = null,
        };
    }

    private static ExecutionConflictException Conflict(ExecutionState state, string code, string why) =>
        new(state.Id, code, $"Execution '{state.Id}' {why}.");
}
