namespace Vigil.Grains.Executions;

/// <summary>Creates the write of a new state: the stored state and everything that changes in the same transaction.</summary>
internal static class ExecutionWrites
{
    /// <param name="state">The new state.</param>
    /// <param name="change">The rules' decision to store it.</param>
    /// <param name="now">When the state was computed.</param>
    /// <param name="owner">This silo, which becomes the owner.</param>
    /// <param name="storedSteps">The number of steps stored before this write.</param>
    public static ExecutionWrite Of(ExecutionState state, LifecycleEffect.Persist change, DateTimeOffset now, string owner, int storedSteps)
    {
        // In a long list, each step has its own row.
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
            Attention = state.Attention?.Reason,
            EventType = change.EventType,
            EventAt = now,
            EventJson = change.EventType is null
                ? default
                : JsonSerializer.SerializeToUtf8Bytes(ExecutionView.Reported(state, change.Output), VigilJson.Default.Execution),
            Subscribers = [.. state.Subscribers.Select(Delivery.GrainDestination.Of)],
            Input = change.Input,
            Options = change.Options,
            Output = change.Output,
            Raw = change.Raw,
            Details = change.Details,
            Steps = hasStepRows ? StepsOf(state, all: storedSteps <= LifecycleLimits.StepsInRow) : [],
        };
    }

    /// <summary>Returns the steps that this write changed, or all of them if the list has just become long.</summary>
    private static ImmutableArray<StepRow> StepsOf(ExecutionState state, bool all)
    {
        // Members added by a later version of Vigil can only be restored for the whole list.
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
