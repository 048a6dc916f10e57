namespace Vigil.Grains.Lifecycle;

/// <summary>What observations mean to an attempt that has ended: its status stays, but details may follow, and a further attempt may open.</summary>
internal static class TerminalState
{
    public static Transition Observed(ExecutionState state, LifecycleInput.Observed input, LifecycleContext context)
    {
        var observation = input.Observation;
        if (!observation.Snapshot.Status.IsTerminal())
        {
            // Only a look that somebody asked for may open an attempt: a lagging copy of the platform can tell of the time before the end.
            return input.Single && observation.SentAt >= state.LookAgainSince
                ? Retrying.RunsAgain(state, observation, context)
                : Transition.None(state);
        }

        return WantsDetail(state) && !observation.Snapshot.Partial ? Detailed(state, observation, context) : Transition.None(state);
    }

    /// <summary>Rule 7 for the full answer: where the platform, asked twice, does not know the run any more, there is none.</summary>
    public static Transition NotFound(ExecutionState state, DateTimeOffset sentAt, LifecycleContext context)
    {
        if (!WantsDetail(state))
        {
            return Transition.None(state);
        }

        return sentAt >= state.NotFoundSince + LifecycleLimits.NotFoundConfirmation
            ? Finishing.GiveUp(state, PendingWork.Detail, VigilReasons.NotFound, context)
            : Transition.Keep(state with { NotFoundSince = state.NotFoundSince ?? sentAt });
    }

    /// <summary>Tells whether a full answer is missing: the run's own, or reports to steps that a crash forgot.</summary>
    public static bool WantsDetail(ExecutionState state) =>
        state.PendingWork.HasFlag(PendingWork.Detail)
        || (state.PendingWork.HasFlag(PendingWork.Steps) && !state.Status.IsConcludedByVigil() && !Reporting.Missing(state).IsEmpty);

    private static Transition Detailed(ExecutionState state, Observation observation, LifecycleContext context)
    {
        var seen = Reporting.Complete(StepMerge.Absorb(state, observation) with { NotFoundSince = null }, observation.SentAt);
        if (!state.PendingWork.HasFlag(PendingWork.Detail) && seen.Steps == state.Steps && seen.StepsTotal == state.StepsTotal)
        {
            return Transition.Keep(seen);
        }

        var snapshot = observation.Snapshot;
        var output = Truncation.CutJson(snapshot.Output, LifecycleLimits.OutputBytes, out var truncated);
        var endedAt = state.EndedAt ?? snapshot.EndedAt;
        var detailed = seen with
        {
            Progress = snapshot.Progress ?? state.Progress,
            Usage = snapshot.Usage ?? state.Usage,
            StartedAt = snapshot.StartedAt ?? state.StartedAt,
            Target = state.Target ?? snapshot.Target,

            // The status is settled, so another one's failure would explain nothing.
            Failure = Finishing.StatusOf(state, snapshot, context) == state.Status ? Truncation.Cut(snapshot.Failure) ?? state.Failure : state.Failure,
            OutputTruncated = output is null ? state.OutputTruncated : truncated,
            EndedAt = endedAt,
            ClockAhead = state.EndedAt is null ? Retrying.ClockAheadOf(snapshot) : state.ClockAhead,
            LagMs = state.LagMs ?? (state.EndedAt is null ? Finishing.Lag(endedAt, state.PendingSince) : null),
            ObservedAt = observation.SentAt,
            PendingWork = (state.PendingWork & ~PendingWork.Detail) | Finishing.StepsToTell(seen),
        };
        var write = new LifecycleEffect.Persist(ExecutionEventTypes.Updated, Output: output);
        return Finishing.Store(detailed, context, write, new LifecycleEffect.Unwatch());
    }
}
