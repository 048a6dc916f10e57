namespace Vigil.Grains.Lifecycle;

/// <summary>Rules 5 and 6: poll results are applied in the order in which the polls were sent, and stored only if the change is worth a write.</summary>
internal static class Observing
{
    public static Transition Observed(ExecutionState state, LifecycleInput.Observed input, LifecycleContext context)
    {
        var observation = input.Observation;
        var counted = Count(state, input.RequestShare, input.Polls);
        if (IsStale(state, observation.Attempt, observation.SentAt))
        {
            return Transition.None(counted);
        }

        if (state.Status.IsTerminal())
        {
            return TerminalState.Observed(counted, input, context);
        }

        return observation.Snapshot.Status.IsTerminal() ? Ended(counted, observation, context) : Alive(counted, input, context);
    }

    /// <summary>Returns whether an answer is about another attempt, or its poll was sent before that of the last applied answer.</summary>
    public static bool IsStale(ExecutionState state, int attempt, DateTimeOffset sentAt) =>
        state.RemoteId is null || attempt != state.Attempt || sentAt < state.AttemptOpenedAt || sentAt < state.ObservedAt;

    public static ExecutionState Count(ExecutionState state, double requests, long polls) =>
        requests == 0 && polls == 0 ? state : state with { Requests = state.Requests + requests, Polls = state.Polls + polls };

    /// <summary>Applies an observation to the state. Values that the answer omits are kept.</summary>
    public static ExecutionState Absorb(ExecutionState state, Observation observation)
    {
        var snapshot = observation.Snapshot;
        return StepMerge.Absorb(state, observation) with
        {
            Status = snapshot.Status,
            RawStatus = snapshot.RawStatus,
            Target = state.Target ?? snapshot.Target,
            Progress = snapshot.Progress ?? state.Progress,
            Usage = snapshot.Usage ?? state.Usage,
            StartedAt = snapshot.StartedAt ?? state.StartedAt,
            ObservedAt = observation.SentAt,
            NotFoundSince = observation.SentAt < state.NotFoundSince ? state.NotFoundSince : null,
            Attention = null,
        };
    }

    private static Transition Ended(ExecutionState state, Observation observation, LifecycleContext context)
    {
        if (Retrying.IsPreviousEnd(state, observation))
        {
            return Retrying.PreviousEnd(state, observation, context);
        }

        var confirmed = state.Submission.Open ? Confirmed(state, observation) : state;
        return Finishing.EndAsSeen(confirmed, observation, context, Finishing.Lag(observation));
    }

    /// <summary>Stores a change that may be lost in a crash now, if the last write is long enough ago, or else soon.</summary>
    public static Transition StoreInTime(ExecutionState before, ExecutionState next, LifecycleContext context) =>
        context.Now - before.StoredAt >= LifecycleLimits.ProgressInterval
            ? Transition.Store(next, context, ExecutionEventTypes.Updated)
            : Transition.Keep(next with { Unsaved = true });

    private static Transition Alive(ExecutionState state, LifecycleInput.Observed input, LifecycleContext context)
    {
        var observation = input.Observation;
        var next = Absorb(state, observation) with { Attention = Attentions.After(state, input.Attention) };
        if (state.Submission.Open)
        {
            return Starting.Begun(Confirmed(next, observation), ExecutionEventTypes.Started, context);
        }

        if (next.Status is ExecutionStatus.AwaitingInput && state.Status is not ExecutionStatus.AwaitingInput)
        {
            return Transition.Store(next, context, ExecutionEventTypes.AwaitingInput);
        }

        return Differs(state, next) ? StoreInTime(state, next, context) : Transition.Keep(next);
    }

    /// <summary>An observed run confirms a retry whose own answer is still missing.</summary>
    private static ExecutionState Confirmed(ExecutionState state, Observation observation) => state with
    {
        Submission = state.Submission with { Phase = SubmissionPhase.Confirmed, NotBefore = null },
        SubmittedAt = observation.ReceivedAt,
    };

    private static bool Differs(ExecutionState state, ExecutionState next) =>
        state.Status != next.Status || state.RawStatus != next.RawStatus || state.Target != next.Target || state.Progress != next.Progress
        || state.Usage != next.Usage || state.StartedAt != next.StartedAt || state.Steps != next.Steps
        || state.StepsTotal != next.StepsTotal || state.Attention != next.Attention;
}
