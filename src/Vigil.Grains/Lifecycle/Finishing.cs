namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 11: the end is one write, nobody is told before it, and what must still happen after it is named until it is done or given up.</summary>
internal static class Finishing
{
    private static readonly LifecycleEffect.Persist Quiet = new(EventType: null);
    private static readonly ImmutableArray<PendingWork> Kinds = [PendingWork.Detail, PendingWork.Steps, PendingWork.CancelRemote, PendingWork.Reminder];

    /// <summary>Ends the attempt as the platform says.</summary>
    public static Transition EndAsSeen(ExecutionState state, Observation observation, LifecycleContext context, long? lagMs)
    {
        var snapshot = observation.Snapshot;
        var output = Truncation.CutJson(snapshot.Output, LifecycleLimits.OutputBytes, out var truncated);
        var ended = Observing.Absorb(state, observation) with
        {
            Status = StatusOf(state, snapshot, context),
            Failure = snapshot.Status is ExecutionStatus.Succeeded ? null : Truncation.Cut(snapshot.Failure),
            OutputTruncated = truncated,
            EndedAt = snapshot.EndedAt,
            ClockAhead = Retrying.ClockAheadOf(snapshot),
            LagMs = lagMs,
        };
        return End(ended, snapshot.Partial ? PendingWork.Detail : PendingWork.None, output, context);
    }

    /// <summary>Tells our cancellation from the platform's kill where the platform has one word for both.</summary>
    public static ExecutionStatus StatusOf(ExecutionState state, Snapshot snapshot, LifecycleContext context) =>

        // A refused wish too: one whose answer got lost is refused when it is repeated, since the run has ended by then.
        snapshot.Status is ExecutionStatus.Terminated && context.Capabilities.TerminatedMayBeCancelled && state.Cancel is not null
            ? ExecutionStatus.Cancelled
            : snapshot.Status;

    /// <summary>Ends the attempt with Vigil's own conclusion, or with the refusal of its start.</summary>
    public static Transition Conclude(ExecutionState state, ExecutionStatus status, ExecutionFailure failure, PendingWork work, LifecycleContext context)
    {
        var ended = state with { Status = status, Failure = Truncation.Cut(failure), EndedAt = context.Now };
        return End(ended, work, output: null, context);
    }

    /// <summary>A piece of work is done. That is stored with the last one: a crash before repeats it, which does no harm.</summary>
    public static Transition Done(ExecutionState state, PendingWork work, LifecycleContext context)
    {
        // While a start is still awaited there is nothing yet that could have been cancelled.
        var done = state.Submission.Open ? work & ~PendingWork.CancelRemote : work;
        var next = done.HasFlag(PendingWork.Reminder) && state.HasReminder ? state with { HasReminder = false } : state;
        if ((state.PendingWork & done) == PendingWork.None)
        {
            return Transition.Keep(next);
        }

        next = next with { PendingWork = next.PendingWork & ~done };
        return next.PendingWork is PendingWork.None ? Store(next, context, Quiet, new LifecycleEffect.Unwatch()) : Transition.Keep(next);
    }

    /// <summary>A piece of work will never be done, and why is recorded.</summary>
    public static Transition GiveUp(ExecutionState state, PendingWork work, string reason, LifecycleContext context)
    {
        // Without the full answer the steps can only be told what the execution itself remembers of them.
        var next = work.HasFlag(PendingWork.Detail) && TerminalState.WantsDetail(state) ? Reporting.Complete(state, context.Now) : state;
        var hopeless = state.PendingWork & work;
        if (hopeless is PendingWork.None)
        {
            return Transition.Keep(next);
        }

        // Without a cancellation to pass on nobody needs to know any more whether the start was acted on.
        var submission = hopeless.HasFlag(PendingWork.CancelRemote) ? next.Submission.Close() : next.Submission;
        var left = next with { Submission = submission, PendingWork = next.PendingWork & ~hopeless };
        var asked = hopeless & (PendingWork.Detail | PendingWork.CancelRemote);
        return asked is PendingWork.None
            ? Store(Record(left, hopeless, reason, context), context, Quiet)
            : Store(Record(left, hopeless, reason, context), context, Quiet, new LifecycleEffect.Unwatch());
    }

    public static ExecutionState Record(ExecutionState state, PendingWork work, string reason, LifecycleContext context)
    {
        var added = Kinds.Where(kind => work.HasFlag(kind)).Select(kind => new GivenUpWork(kind, context.Now, Truncation.CutText(reason, LifecycleLimits.ReasonLength)));
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

    /// <summary>Stores a change of the pending work.</summary>
    public static Transition Store(
        ExecutionState state, LifecycleContext context, LifecycleEffect.Persist write, params ReadOnlySpan<LifecycleEffect> effects) =>
        Transition.Store(state with { PendingSince = state.PendingWork is PendingWork.None ? null : state.PendingSince ?? context.Now }, context, write, effects);

    /// <summary>Adds to the pending work. A cancellation that nobody wished for is Vigil's own, and says why.</summary>
    public static ExecutionState Add(ExecutionState state, PendingWork work, LifecycleContext context) => work is PendingWork.None ? state : state with
    {
        PendingWork = state.PendingWork | work,
        PendingSince = state.PendingSince ?? context.Now,
        Cancel = work.HasFlag(PendingWork.CancelRemote) ? state.Cancel ?? new(context.Now, state.Failure?.Reason) : state.Cancel,
    };

    /// <summary>The effects of the pending work, for the first time or again; steps are told by every transition.</summary>
    public static ImmutableArray<LifecycleEffect> Outstanding(ExecutionState state)
    {
        var effects = ImmutableArray.CreateBuilder<LifecycleEffect>();
        if (state.Submission.Sought)
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

    public static PendingWork StepsToTell(ExecutionState state) =>
        state.Steps.Any(entry => entry.Acknowledged < entry.Version) ? PendingWork.Steps : PendingWork.None;

    public static long? Lag(Observation observation) => Lag(observation.Snapshot.EndedAt, observation.ReceivedAt);

    public static long? Lag(DateTimeOffset? endedAt, DateTimeOffset? knownAt) =>
        knownAt - endedAt is { } lag ? Math.Max(0, (long)lag.TotalMilliseconds) : null;

    private static Transition End(ExecutionState ended, PendingWork work, string? output, LifecycleContext context)
    {
        var told = work.HasFlag(PendingWork.Detail) ? ended : Reporting.Complete(ended, context.Now);

        // Whether a reminder was registered may have been forgotten in a crash; removing one that is not there does no harm.
        var mayHaveReminder = ended.HasReminder || context.Now - ended.AcceptedAt >= LifecycleLimits.ReminderAge;
        var all = work | StepsToTell(told) | (mayHaveReminder ? PendingWork.Reminder : PendingWork.None);
        var final = Add(told with { NotFoundSince = null, Unsaved = false, PendingWork = PendingWork.None, PendingSince = null }, all, context);
        var write = new LifecycleEffect.Persist(ExecutionEventTypes.Ended, Output: output);
        return Transition.Store(final, context, write, [new LifecycleEffect.Unwatch(), .. Outstanding(final)]);
    }
}
