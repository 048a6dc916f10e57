using Vigil.Grains.Polling;

namespace Vigil.Grains.Lifecycle;

/// <summary>An execution as its callers see it.</summary>
internal static class ExecutionView
{
    /// <summary>
    /// Returns the callers' record of a state. The output is kept elsewhere and left out where it is not given. What the poller saw since the
    /// last write shows as progress alone: a status is told when it is stored.
    /// </summary>
    public static Execution Of(ExecutionState state, string? output = null, WatchStatus? watch = null)
    {
        var steps = Shown(state.Steps);
        var isFresher = !state.Status.IsTerminal() && watch?.ObservedAt > (state.ObservedAt ?? DateTimeOffset.MinValue);
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
            Progress = isFresher ? watch!.Progress ?? state.Progress : state.Progress,
            Steps = steps,
            StepsTotal = state.StepsTotal,
            StepsTruncated = steps.Length < state.StepsTotal,
            Failure = state.Failure,
            Output = output,
            OutputTruncated = state.OutputTruncated,
            Usage = state.Usage,
            Metadata = state.Metadata,
            AcceptedAt = state.AcceptedAt,
            SubmittedAt = state.SubmittedAt,
            StartedAt = state.StartedAt,
            EndedAt = state.EndedAt,
            ObservedAt = isFresher ? watch!.ObservedAt : state.ObservedAt,
            DeadlineAt = state.DeadlineAt,
            NextPollAt = watch?.NextPollAt,
            Polls = state.Polls + (watch?.Polls ?? 0),
            Requests = state.Requests + (watch?.Requests ?? 0),
            LagMs = state.LagMs,
            PendingWork = state.PendingWork,
        };
    }

    /// <summary>Returns what the event of the last write tells: of the steps, those that the write changed.</summary>
    public static Execution Reported(ExecutionState state)
    {
        var changed = state.Steps.Where(entry => entry.Version == state.Version).ToImmutableArray();
        return Of(state with { Steps = changed }) with { StepsTruncated = changed.Length > Execution.MaxSteps };
    }

    /// <summary>Of a long list, what is at work and what failed comes first, then what changed last; shown in the platform's order.</summary>
    private static ImmutableArray<StepSummary> Shown(ImmutableArray<StepEntry> steps) => steps.Length <= Execution.MaxSteps
        ? [.. steps.Select(step => step.Summary)]
        :
        [
            .. steps
                .Select((step, place) => (step.Summary, step.Version, place))
                .OrderByDescending(step => step.Summary.Status is StepStatus.Running or StepStatus.Failed or StepStatus.TimedOut)
                .ThenByDescending(step => step.Version)
                .Take(Execution.MaxSteps)
                .OrderBy(step => step.place)
                .Select(step => step.Summary),
        ];
}
