namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 11: the end is stored in one write and reported only then; remaining tasks are recorded as pending work until done or given up.</summary>
internal static class Finishing
{
    private static readonly LifecycleEffect.Persist Quiet = new(EventType: null);
    private static readonly LifecycleEffect.Persist Final = new(ExecutionEventTypes.Ended);
    private static readonly ImmutableArray<PendingWork> Kinds = [PendingWork.Detail, PendingWork.Steps, PendingWork.CancelRemote, PendingWork.Reminder];

    /// <summary>Ends the attempt with the platform's outcome.</summary>
    public static Transition EndAsSeen(ExecutionState state, Observation observation, LifecycleContext context, long? lagMs)
    {
        var snapshot = observation.Snapshot;
        var output = Truncation.CutJson(snapshot.Output, LifecycleLimits.OutputBytes, out var truncated, snapshot.OutputTruncated);
        var ended = Observing.Absorb(state, observation) with
        {
            Status = StatusOf(state, snapshot, context),
            Failure = snapshot.Status is ExecutionStatus.Succeeded ? null : Truncation.Cut(snapshot.Failure),
            OutputTruncated = truncated,
            OutputBytes = Truncation.BytesOf(output) ?? state.OutputBytes,
            EndedAt = snapshot.EndedAt,
            ClockAhead = Retrying.ClockAheadOf(snapshot),
            LagMs = lagMs,
        };
        return End(ended, snapshot.Partial ? PendingWork.Detail : PendingWork.None, Final.Keeping(snapshot, output), context);
    }

    /// <summary>Distinguishes our cancellation from a kill by the platform if the platform has one status for both.</summary>
    public static ExecutionStatus StatusOf(ExecutionState state, Snapshot snapshot, LifecycleContext context) =>

        // Also after a refused cancellation: if the first answer was lost, the repeated request is refused because the run has already ended.
        snapshot.Status is ExecutionStatus.Terminated && context.Capabilities.TerminatedMayBeCancelled && state.Cancel is not null
            ? ExecutionStatus.Cancelled
            : snapshot.Status;

    /// <summary>Ends the attempt with an outcome concluded by Vigil, or with the rejection of its start.</summary>
    public static Transition Conclude(ExecutionState state, ExecutionStatus status, ExecutionFailure failure, PendingWork work, LifecycleContext context)
    {
        var ended = state with { Status = status, Failure = Truncation.Cut(failure), EndedAt = context.Now };
        return End(ended, work, Final, context);
    }

    /// <summary>Completes pending work. Only the last completion is stored: after a crash, earlier work is repeated, which is harmless.</summary>
    public static Transition Done(ExecutionState state, PendingWork work, LifecycleContext context)
    {
        // While a start is open, nothing can have been cancelled yet.
        var done = state.Submission.Open ? work & ~PendingWork.CancelRemote : work;
        var next = done.HasFlag(PendingWork.Reminder) && state.HasReminder ? state with { HasReminder = false } : state;
        if ((state.PendingWork & done) == PendingWork.None)
        {
            return Transition.Keep(next);
        }

        next = next with { PendingWork = next.PendingWork & ~done };
        return next.PendingWork is PendingWork.None ? Store(next, context, Quiet, new LifecycleEffect.Unwatch()) : Transition.Keep(next);
    }

    /// <summary>Gives up pending work and records the reason.</summary>
    public static Transition GiveUp(ExecutionState state, PendingWork work, string reason, LifecycleContext context)
    {
        // Without the full answer, steps can only be reported as summaries.
        var next = work.HasFlag(PendingWork.Detail) && TerminalState.WantsDetail(state) ? Reporting.AddSummaries(state, context.Now) : state;
        var abandoned = state.PendingWork & work;
        if (abandoned is PendingWork.None)
        {
            return Transition.Keep(next);
        }

        // If nothing will be cancelled, it no longer matters whether the start was acted on.
        var settled = abandoned.HasFlag(PendingWork.CancelRemote) ? next.CloseSubmission() : next;
        var left = Record(settled with { PendingWork = next.PendingWork & ~abandoned }, abandoned, reason, context);
        var polled = abandoned & (PendingWork.Detail | PendingWork.CancelRemote);
        return Store(left, context, Quiet, polled is PendingWork.None ? [] : [new LifecycleEffect.Unwatch()]);
    }

    public static ExecutionState Record(ExecutionState state, PendingWork work, string reason, LifecycleContext context)
    {
        var shortened = Truncation.CutText(reason, LifecycleLimits.ReasonLength);
        var added = Kinds.Where(kind => work.HasFlag(kind)).Select(kind => new GivenUpWork(kind, context.Now, shortened));
        return state with { GivenUp = [.. state.GivenUp.Concat(added).TakeLast(LifecycleLimits.GivenUp)] };
    }

    public static Transition ReminderRegistered(ExecutionState state, LifecycleContext context)
    {
        if (!state.Status.IsTerminal())
        {
            return Transition.Keep(state.HasReminder ? state : state with { HasReminder = true });
        }

        return state.PendingWork.HasFlag(PendingWork.Reminder)
            ? Transition.Keep(state, new LifecycleEffect.RemoveReminder())
            : Transition.StoreQuietly(Add(state with { HasReminder = true }, PendingWork.Reminder, context), context, new LifecycleEffect.RemoveReminder());
    }

    public static Transition Store(
        ExecutionState state, LifecycleContext context, LifecycleEffect.Persist write, params ReadOnlySpan<LifecycleEffect> effects) =>
        Transition.Store(
            state with { PendingSince = state.PendingWork is PendingWork.None ? null : state.PendingSince ?? context.Now }, context, write, effects);

    /// <summary>Adds pending work. A cancellation that no caller requested is Vigil's own, with the failure's reason.</summary>
    public static ExecutionState Add(ExecutionState state, PendingWork work, LifecycleContext context) => work is PendingWork.None ? state : state with
    {
        PendingWork = state.PendingWork | work,
        PendingSince = state.PendingSince ?? context.Now,
        Cancel = work.HasFlag(PendingWork.CancelRemote) ? state.Cancel ?? new(context.Now, state.Failure?.Reason) : state.Cancel,
    };

    /// <summary>Returns the effects of the pending work. Reports to steps are not included: every transition adds them.</summary>
    public static ImmutableArray<LifecycleEffect> Outstanding(ExecutionState state)
    {
        var effects = ImmutableArray.CreateBuilder<LifecycleEffect>();
        if (state.Submission.SearchesMarker)
        {
            effects.Add(new LifecycleEffect.LookForMarker());
        }

        if (state.PendingWork.HasFlag(PendingWork.CancelRemote) && state.RemoteId is not null && !state.Submission.Open)
        {
            effects.Add(new LifecycleEffect.SendCancel(state.Cancel?.Reason));
        }

        if (TerminalState.WantsDetail(state))
        {
            effects.Add(new LifecycleEffect.FetchDetail());
        }

        if (state.PendingWork.HasFlag(PendingWork.Reminder))
        {
            effects.Add(new LifecycleEffect.RemoveReminder());
        }

        return effects.ToImmutable();
    }

    public static PendingWork StepsToReport(ExecutionState state) =>
        state.Steps.Any(entry => entry.Acknowledged < entry.Version) ? PendingWork.Steps : PendingWork.None;

    public static long? Lag(Observation observation) => Lag(observation.Snapshot.EndedAt, observation.ReceivedAt);

    public static long? Lag(DateTimeOffset? endedAt, DateTimeOffset? knownAt) =>
        knownAt - endedAt is { } lag ? Math.Max(0, (long)lag.TotalMilliseconds) : null;

    private static Transition End(ExecutionState ended, PendingWork work, LifecycleEffect.Persist write, LifecycleContext context)
    {
        var reported = work.HasFlag(PendingWork.Detail) ? ended : Reporting.AddSummaries(ended, context.Now);

        // A crash may have lost the record of a registered reminder; removing one that does not exist is harmless.
        var mayHaveReminder = ended.HasReminder || context.Now - ended.AcceptedAt >= LifecycleLimits.ReminderAge;
        var pending = work | StepsToReport(reported) | (mayHaveReminder ? PendingWork.Reminder : PendingWork.None);
        var final = Add(reported with { NotFoundSince = null, Attention = null, Unsaved = false, PendingWork = PendingWork.None, PendingSince = null }, pending, context);
        return Transition.Store(final, context, write, [new LifecycleEffect.Unwatch(), .. Outstanding(final)]);
    }
}
