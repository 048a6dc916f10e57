namespace Vigil.Grains.Executions;

/// <summary>Makes the write of a new state: the state as it is stored, and all that must change beside it.</summary>
internal static class ExecutionWrites
{
    /// <param name="state">The new state.</param>
    /// <param name="change">What the rules want stored with it.</param>
    /// <param name="now">When it came to be.</param>
    /// <param name="owner">The silo that writes, and so watches.</param>
    /// <param name="storedSteps">How many steps were stored before.</param>
    public static ExecutionWrite Of(ExecutionState state, LifecycleEffect.Persist change, DateTimeOffset now, string owner, int storedSteps)
    {
        // Long lists of steps have rows of their own.
        var hasStepRows = state.Steps.Length > LifecycleLimits.StepsInRow;
        return new()
        {
            Id = state.Id,
            Json = JsonSerializer.SerializeToUtf8Bytes(hasStepRows ? state with { Steps = [] } : state, StateJson.Default.ExecutionState!),
            Connection = state.Connection,
            Platform = state.Platform,
            TargetKind = state.Target?.Kind,
            TargetId = state.Target?.Id,
            Status = state.Status,
            Live = state.Live,
            PendingWork = state.PendingWork,
            Attempt = state.Attempt,
            Version = state.Version,
            RemoteId = state.RemoteId,
            Owner = owner,
            AcceptedAt = state.AcceptedAt,
            ObservedAt = state.ObservedAt,
            EndedAt = state.EndedAt,
            DeadlineAt = state.DeadlineAt,
            EventType = change.EventType,
            EventAt = now,
            EventJson = change.EventType is null ? default : JsonSerializer.SerializeToUtf8Bytes(ExecutionView.Reported(state), VigilJson.Default.Execution),
            Subscribers = [.. state.Subscribers.Select(Delivery.GrainDestination.Of)],
            Input = change.Input,
            Output = change.Output,
            Steps = hasStepRows ? StepsOf(state, all: storedSteps <= LifecycleLimits.StepsInRow) : [],
        };
    }

    /// <summary>Returns the steps that this write changed, or all where the list has just become long.</summary>
    private static ImmutableArray<StepRow> StepsOf(ExecutionState state, bool all)
    {
        // What a later version of Vigil added to a step is known for the whole list alone.
        var whole = state.UnknownMembers is null ? null : JsonSerializer.SerializeToNode(state, StateJson.Default.ExecutionState!)!["steps"];
        return
        [
            .. state.Steps
                .Select((entry, place) => (entry, place))
                .Where(step => all || step.entry.Version == state.Version)
                .Select(step => new StepRow(step.place, whole is null
                    ? JsonSerializer.SerializeToUtf8Bytes(step.entry, StateJson.Known.StepEntry)
                    : Encoding.UTF8.GetBytes(whole[step.place]!.ToJsonString()))),
        ];
    }
}
