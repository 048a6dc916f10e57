namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 12: the platform may run a finished execution again under the same id; that is a further attempt, and history stays.</summary>
internal static class Retrying
{
    public static Transition Retry(ExecutionState state, LifecycleContext context)
    {
        if (!context.Capabilities.Retry)
        {
            throw new CommandNotSupportedException("retry", state.Platform);
        }

        // A caller whose answer got lost asks again while the first wish is on its way.
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
        ? Transition.Keep(state with { LookAgainSince = context.Now }, new LifecycleEffect.LookAgain())
        : Transition.None(state);

    /// <summary>A finished run was seen at work: somebody else had it retried. That is a further attempt.</summary>
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

    /// <summary>Tells whether an observed end is, as far as can be known, that of the attempt before.</summary>
    public static bool IsEndBefore(ExecutionState state, Observation observation)
    {
        if (state.Attempt == 1)
        {
            return false;
        }

        // Once this attempt was seen by itself every end is its own, unless the platform's clock proves that a lagging copy of it answered.
        var isSeen = state.RawStatus is not null;
        return EndedBefore(state, observation.Snapshot) is { } isBefore
            ? isBefore && !(isSeen && IsWindowOver(state, observation))
            : !isSeen && !IsWindowOver(state, observation);
    }

    /// <summary>The end of the attempt before says nothing - unless it still stands when the window is over.</summary>
    public static Transition EndBefore(ExecutionState state, Observation observation, LifecycleContext context)
    {
        if (!IsWindowOver(state, observation))
        {
            return Transition.None(state);
        }

        // A confirmed retry that left no trace for so long ends as the platform says; one whose fate was unknown has certainly not been acted on.
        return state.Submission.Open
            ? Starting.NotStarted(state, context) ?? Starting.SendAgain(state, null, context)
            : Finishing.EndAsSeen(state, observation, context, lagMs: null);
    }

    /// <summary>Tells whether the end of the attempt before is believed again; never while the retry itself is still on its way.</summary>
    private static bool IsWindowOver(ExecutionState state, Observation observation) => observation.SentAt >= state.Submission.Phase switch
    {
        SubmissionPhase.Queued or SubmissionPhase.Sending => null,
        SubmissionPhase.Ambiguous => state.Submission.SendBefore + LifecycleLimits.RetryWindow,
        _ => (state.SubmittedAt ?? state.AttemptOpenedAt) + LifecycleLimits.RetryWindow,
    };

    /// <summary>
    /// Compares by the platform's own clock where it told the earlier end, as what is known of that clock may have changed between the two; elsewhere
    /// by ours. What ended long before a confirmed retry is not its end either: somebody else may have had the run retried meanwhile. It only makes the
    /// end wait, and so proves nothing of a retry whose fate is unknown. Null where it tells no end.
    /// </summary>
    private static bool? EndedBefore(ExecutionState state, Snapshot seen) =>
        seen.EndedAt is not { } endedAt ? null
        : !state.Submission.Open && endedAt < state.AttemptOpenedAt - LifecycleLimits.ClockTolerance ? true
        : state.History is [.., { EndedAt: { } before } earlier] ? endedAt + seen.ClockAhead <= before + (earlier.ClockAhead ?? TimeSpan.Zero)
        : endedAt < state.AttemptOpenedAt;

    /// <summary>Returns by how much a snapshot's times were set back; null for not at all, which then takes no room where it is stored.</summary>
    public static TimeSpan? ClockAheadOf(Snapshot snapshot) => snapshot.ClockAhead == TimeSpan.Zero ? null : snapshot.ClockAhead;

    private static bool CanRunAgain(ExecutionState state, LifecycleContext context) =>
        context.Capabilities.Retry && state.RemoteId is not null && context.Now < state.DeadlineAt
        && state.Status.IsTerminal() && !state.Status.IsConcludedByVigil();

    private static ExecutionState Open(ExecutionState state, Submission submission, DateTimeOffset openedAt, LifecycleContext context)
    {
        var outcome = new AttemptOutcome(state.Attempt, state.Status, state.RawStatus, state.Failure, state.EndedAt, state.ClockAhead);

        // Steps are told on, and a reminder is welcome; the rest was about an end that no longer is one.
        var pointless = state.PendingWork & (PendingWork.Detail | PendingWork.CancelRemote);
        return Finishing.Record(state, pointless, VigilReasons.Reopened, context) with
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
            SubmittedAt = null,
            StartedAt = null,
            EndedAt = null,
            ClockAhead = null,
            ObservedAt = null,
            LagMs = null,
            NotFoundSince = null,
            LookAgainSince = null,
            Cancel = null,
            PendingWork = PendingWork.None,
            PendingSince = null,
        };
    }

    private static ExecutionConflictException Conflict(ExecutionState state, string code, string why) =>
        new(state.Id, code, $"Execution '{state.Id}' {why}.");
}
