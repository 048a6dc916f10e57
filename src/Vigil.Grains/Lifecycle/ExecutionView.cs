using Vigil.Grains.Polling;

namespace Vigil.Grains.Lifecycle;

/// <summary>Converts a state to the execution that callers see.</summary>
internal static class ExecutionView
{
    /// <summary>
    /// Converts a state. The output is stored elsewhere and must be passed in. Of what the poller observed since the last write only the progress is
    /// included: a new status is visible only once it is stored.
    /// </summary>
    public static Execution Of(ExecutionState state, string? output = null, WatchStatus? watch = null)
    {
        var steps = Select(state.Steps);
        var isNewer = !state.Status.IsTerminal() && watch?.ObservedAt > (state.ObservedAt ?? DateTimeOffset.MinValue);
        return new()
        {
            Id = state.Id,
            Connection = state.Connection,
            Platform = state.Platform,
            Target = state.Target,
            Status = state.Status,
            RawStatus = state.RawStatus,
            Attempt = state.Attempt,
            Version = state.Version,
            RemoteId = state.RemoteId,
            Progress = isNewer ? watch!.Progress ?? state.Progress : state.Progress,
            Steps = steps,
            StepsTotal = state.StepsTotal,
            StepsTruncated = steps.Length < state.StepsTotal,
            Failure = state.Failure,
            Output = output,
            OutputTruncated = state.OutputTruncated,
            OutputBytes = state.OutputBytes is > 0 and var bytes ? bytes : Truncation.BytesOf(output),
            Usage = state.Usage,
            Metadata = state.Metadata,
            AcceptedAt = state.AcceptedAt,
            SubmittedAt = state.SubmittedAt,
            StartedAt = state.StartedAt,
            EndedAt = state.EndedAt,
            ObservedAt = isNewer ? watch!.ObservedAt : state.ObservedAt,
            DeadlineAt = state.DeadlineAt,
            NextPollAt = watch?.NextPollAt,
            Polls = state.Polls + (watch?.Polls ?? 0),
            Requests = state.Requests + (watch?.Requests ?? 0),
            LagMs = state.LagMs,
            PendingWork = state.PendingWork,
            Attention = state.Attention,
        };
    }

    /// <summary>Returns the execution for the event of the last write, with only the steps that the write changed.</summary>
    /// <param name="state">The state.</param>
    /// <param name="output">The output that the write stores; a long one is omitted.</param>
    public static Execution Reported(ExecutionState state, string? output = null)
    {
        var changed = state.Steps.Where(entry => entry.Version == state.Version).ToImmutableArray();
        var small = state.OutputBytes <= LifecycleLimits.EventOutputBytes ? output : null;
        return Of(state with { Steps = changed }, small) with { StepsTruncated = changed.Length > Execution.MaxSteps };
    }

    /// <summary>Selects from a long list first the running and failed steps, then the most recently changed ones; keeps the platform's order.</summary>
    private static ImmutableArray<StepSummary> Select(ImmutableArray<StepEntry> steps) => steps.Length <= Execution.MaxSteps
        ? [.. steps.Select(step => step.Summary)]
        :
        [
            .. steps
                .Select((step, index) => (step.Summary, step.Version, index))
                .OrderByDescending(step => step.Summary.Status is StepStatus.Running or StepStatus.Failed or StepStatus.TimedOut)
                .ThenByDescending(step => step.Version)
                .Take(Execution.MaxSteps)
                .OrderBy(step => step.index)
                .Select(step => step.Summary),
        ];
}
