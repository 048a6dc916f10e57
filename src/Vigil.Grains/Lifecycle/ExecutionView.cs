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
            Steps = [.. state.Steps.Select(step => step.Summary)],
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
}
