using Vigil.Grains.Polling.Plans;

namespace Vigil.Grains.Polling;

/// <summary>Applies polls that do not return their runs: they back off, and are reported where the execution must know. Guarded by the connection's lock.</summary>
internal sealed class FailedPolls(ConnectionScope scope, IPollPlan plan, RunTiming timing, ReportQueue reports, PollHealth health)
{
    public void NotFound(TrackedRun entry, PollRequest request)
    {
        entry.Fingerprint = 0;
        entry.NewestLeftAt = request.LeftAt;
        if (request.SentAt >= entry.WatchedSince + LifecycleLimits.NotFoundGrace)
        {
            entry.MissingSince ??= request.LeftAt;
            health.Failed(entry, AttentionReasons.NotFound, "The platform does not know the run, which is not believed until it is proven.", request.LeftAt);
            PlanAfterFailure(entry, retryAfter: null);
        }

        reports.Add(
            entry,
            new LifecycleInput.NotFound(entry.Attempt, request.SentAt, request.Alone, entry.Requests, entry.Polls, request.Proof) { Attention = entry.Attention });
    }

    public void Error(TrackedRun entry, PlatformError error, PollRequest request)
    {
        if (error.Kind == PlatformErrorKind.Credential)
        {
            // The connection gets suspended; its runs keep their schedules and need no backoff of their own.
            return;
        }

        var isFinal = error.Kind == PlatformErrorKind.Final;
        var isNews = health.Failed(entry, isFinal ? AttentionReasons.Refused : AttentionReasons.PollsFail, Describe(error), request.LeftAt);
        if (isFinal)
        {
            entry.Fingerprint = 0;
            entry.MissingSince ??= request.LeftAt;
        }

        if (isFinal || isNews)
        {
            reports.Add(
                entry,
                new LifecycleInput.PollFailed(entry.Attempt, request.SentAt, error, entry.Requests, entry.Polls, request.Alone, request.Proof) { Attention = entry.Attention });
        }

        PlanAfterFailure(entry, error.RetryAfter);
    }

    /// <summary>Shows on every run that the connection is suspended, so that none is polled.</summary>
    public void Suspend(string reason, TimeSpan since)
    {
        foreach (var entry in scope.Runs.All.Where(entry => health.Suspended(entry, reason, since)))
        {
            var error = new PlatformError(PlatformErrorKind.Credential, AttentionReasons.ConnectionSuspended, reason);
            reports.Add(entry, new LifecycleInput.PollFailed(entry.Attempt, scope.Clock.UtcNow, error, entry.Requests, entry.Polls) { Attention = entry.Attention });
        }
    }

    private static string Describe(PlatformError error) =>
        error.StatusCode is { } status ? $"{error.Code} (HTTP {status}): {error.Message}" : $"{error.Code}: {error.Message}";

    private void PlanAfterFailure(TrackedRun entry, TimeSpan? retryAfter)
    {
        if (entry.InFlight == 0)
        {
            plan.Plan(entry, timing.AfterFailure(entry, retryAfter), timing.LaneOf(entry));
        }
    }
}
