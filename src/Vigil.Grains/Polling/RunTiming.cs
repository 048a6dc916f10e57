namespace Vigil.Grains.Polling;

/// <summary>Computes when a run is polled, and in which lane.</summary>
internal sealed class RunTiming(ConnectionScope scope)
{
    private static readonly TimeSpan NearDeadline = TimeSpan.FromMinutes(1);

    // How long after a push message push counts as live for a run.
    private static readonly TimeSpan PushLifetime = TimeSpan.FromSeconds(30);

    private PollClock Clock => scope.Clock;

    public TimeSpan Interval(TrackedRun entry) => Cadence.Of(
        scope.Connection.Cadence,
        entry.Status,
        Clock.UtcNow - entry.WatchedSince,
        pushIsLive: Clock.Now - PushLifetime <= entry.PushedAt,
        scope.Services.Options.MaxCadence);

    public Lane LaneOf(TrackedRun entry) => entry.DeadlineAt - Clock.UtcNow <= NearDeadline ? Lane.DeadlineNear : Lane.Background;

    /// <summary>Returns when a run is first polled: at a random time within its interval, so that runs do not align.</summary>
    public TimeSpan First(TrackedRun entry) => Clock.Now + (Interval(entry) * scope.Services.Random.NextDouble());

    /// <summary>Returns when a run is polled next; intervals count from request to request.</summary>
    public TimeSpan Next(TrackedRun entry) => entry.SentAt + Cadence.Jittered(Interval(entry), scope.Services.Random);

    /// <summary>Returns when a run is polled again after a failure.</summary>
    public TimeSpan AfterFailure(TrackedRun entry, TimeSpan? retryAfter)
    {
        var delay = new Backoff(Interval(entry), scope.Services.Options.MaxErrorDelay).Delay(entry.Failures, scope.Services.Random);
        return Clock.Now + RetryAfter.OrLonger(delay, retryAfter);
    }

    /// <summary>Returns when a run is polled after a hint: at once, but at most once per quarter cadence.</summary>
    public TimeSpan Nudged(TrackedRun entry)
    {
        var earliest = entry.NudgedAt == TimeSpan.MinValue ? Clock.Now : entry.NudgedAt + (scope.Connection.Cadence / 4);
        return earliest > Clock.Now ? earliest : Clock.Now;
    }
}
