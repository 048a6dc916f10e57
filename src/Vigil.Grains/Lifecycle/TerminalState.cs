namespace Vigil.Grains.Lifecycle;

/// <summary>Handles observations of an ended attempt: its status stays, but details may follow, and a further attempt may open.</summary>
internal static class TerminalState
{
    public static Transition Observed(ExecutionState state, LifecycleInput.Observed input, LifecycleContext context)
    {
        var observation = input.Observation;
        if (!observation.Snapshot.Status.IsTerminal())
        {
            // Only a poll caused by a hint may open an attempt: otherwise a lagging replica could return the status from before the end.
            return input.Single && observation.SentAt >= state.RecheckRequestedAt
                ? Retrying.RunsAgain(state, observation, context)
                : Transition.None(state);
        }

        return WantsDetail(state) && !observation.Snapshot.Partial ? Detailed(state, observation, context) : Transition.None(state);
    }

    /// <summary>Rule 7 for the full answer: it is given up if the run is not found for long. No other run proves that this is not an outage.</summary>
    public static Transition NotFound(ExecutionState state, DateTimeOffset sentAt, LifecycleContext context)
    {
        if (!WantsDetail(state))
        {
            return Transition.None(state);
        }

        return sentAt >= state.NotFoundSince + (context.NotFoundConfirmation * LifecycleLimits.UnprovenFactor)
            ? Finishing.GiveUp(state, PendingWork.Detail, VigilReasons.NotFound, context)
            : Transition.Keep(state with { NotFoundSince = state.NotFoundSince ?? sentAt });
    }

    /// <summary>Returns whether a full answer is needed, either for the run's details or for step reports that were lost in a crash.</summary>
    public static bool WantsDetail(ExecutionState state) =>
        state.PendingWork.HasFlag(PendingWork.Detail)
        || (state.PendingWork.HasFlag(PendingWork.Steps) && !state.Status.IsConcludedByVigil() && !Reporting.WithoutReport(state).IsEmpty);

    private static Transition Detailed(ExecutionState state, Observation observation, LifecycleContext context)
    {
        var merged = Reporting.AddSummaries(StepMerge.Absorb(state, observation) with { NotFoundSince = null }, observation.SentAt);
        if (!state.PendingWork.HasFlag(PendingWork.Detail) && merged.Steps == state.Steps && merged.StepsTotal == state.StepsTotal)
        {
            return Transition.Keep(merged);
        }

        var snapshot = observation.Snapshot;
        var output = Truncation.CutJson(snapshot.Output, LifecycleLimits.OutputBytes, out var truncated, snapshot.OutputTruncated);
        var endedAt = state.EndedAt ?? snapshot.EndedAt;
        var detailed = merged with
        {
            Progress = snapshot.Progress ?? state.Progress,
            Usage = snapshot.Usage ?? state.Usage,
            StartedAt = snapshot.StartedAt ?? state.StartedAt,
            Target = state.Target ?? snapshot.Target,

            // The status does not change any more, so a failure that belongs to another status is ignored.
            Failure = Finishing.StatusOf(state, snapshot, context) == state.Status ? Truncation.Cut(snapshot.Failure) ?? state.Failure : state.Failure,
            OutputTruncated = output is null ? state.OutputTruncated : truncated,
            OutputBytes = Truncation.BytesOf(output) ?? state.OutputBytes,
            EndedAt = endedAt,
            ClockAhead = state.EndedAt is null ? Retrying.ClockAheadOf(snapshot) : state.ClockAhead,
            LagMs = state.LagMs ?? (state.EndedAt is null ? Finishing.Lag(endedAt, state.PendingSince) : null),
            ObservedAt = observation.SentAt,
            PendingWork = (state.PendingWork & ~PendingWork.Detail) | Finishing.StepsToReport(merged),
        };
        var write = new LifecycleEffect.Persist(ExecutionEventTypes.Updated).Keeping(snapshot, output);
        return Finishing.Store(detailed, context, write, new LifecycleEffect.Unwatch());
    }
}
