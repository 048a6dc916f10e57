using Vigil.Grains.Lifecycle;
using Vigil.Grains.Polling;

namespace Vigil.Grains.Executions;

/// <summary>An execution's state as what the poller and the platform must know of it.</summary>
internal static class Requests
{
    /// <summary>Describes the run for the poller.</summary>
    public static WatchedRun RunOf(ExecutionState state) => new(
        state.Id, state.Connection, RemoteRunOf(state), state.Attempt, state.Status, state.AttemptOpenedAt, state.DeadlineAt);

    /// <summary>Describes the start for a look for its marker.</summary>
    public static RunRequest StartOf(ExecutionState state, string? input, DateTimeOffset now) => new(
        state.Id,
        state.Target ?? throw new InvalidOperationException($"Execution '{state.Id}' has no target to start."),
        input,
        state.Metadata,
        state.DeadlineAt - now,
        state.Submission.FirstClaimedAt);

    /// <summary>Gives leave for what has just been claimed.</summary>
    public static SendPermit PermitOf(ExecutionState state, string? input, DateTimeOffset now) => new(
        state.Submission.IsRetry ? null : StartOf(state, input, now),
        state.Submission.IsRetry ? RemoteRunOf(state) : null,
        state.Submission.SendBefore ?? throw new InvalidOperationException($"Execution '{state.Id}' is not claimed."),
        state.Submission.Claims);

    private static RemoteRun RemoteRunOf(ExecutionState state) => new(
        state.RemoteId ?? throw new InvalidOperationException($"Execution '{state.Id}' has no run yet."), state.Target);
}
