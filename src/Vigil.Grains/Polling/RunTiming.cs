namespace Vigil.Grains.Polling;

/// <summary>When a run is to be asked about, and how urgent that is.</summary>
internal sealed class RunTiming(ConnectionScope scope)
{
    private static readonly TimeSpan NearDeadline = TimeSpan.FromMinutes(1);

    /// <summary>How long after a hint the platform's push counts as live for a run.</summary>
    private static readonly TimeSpan PushLivesFor = TimeSpan.FromSeconds(30);

    private PollClock Clock => scope.Clock;

    public TimeSpan Interval(TrackedRun entry) => Cadence.Of(
        scope.Connection.Cadence,
        entry.Status,
        Clock.UtcNow - entry.WatchedSince,
        pushIsLive: Clock.Now - PushLivesFor <= entry.PushedAt,
        scope.Services.Options.MaxCadence);

    public Lane LaneOf(TrackedRun entry) => entry.DeadlineAt - Clock.UtcNow <= NearDeadline ? Lane.DeadlineNear : Lane.Background;

    /// <summary>Returns when a run that nobody asked about yet is first due: anywhere within its interval, so that nothing aligns.</summary>
    public TimeSpan First(TrackedRun entry) => Clock.Now + (Interval(entry) * scope.Services.Random.NextDouble());

    /// <summary>Returns when a run is due after a request for it left; intervals count from request to request.</summary>
    public TimeSpan Next(TrackedRun entry) => entry.SentAt + Cadence.Jittered(Interval(entry), scope.Services.Random);

    /// <summary>Returns when a run is due that could not be asked about, or that was failing.</summary>
    public TimeSpan AfterFailure(TrackedRun entry, TimeSpan? retryAfter)
    {
        var delay = new Backoff(Interval(entry), scope.Services.Options.MaxErrorDelay).Delay(entry.Failures, scope.Services.Random);
        return Clock.Now + RetryAfter.OrLonger(delay, retryAfter);
    }

    /// <summary>Returns when a hint makes a run due: at once, but not within a quarter of its cadence after the hint before.</summary>
    public TimeSpan Nudged(TrackedRun entry)
    {
        var earliest = entry.NudgedAt == TimeSpan.MinValue ? Clock.Now : entry.NudgedAt + (scope.Connection.Cadence / 4);
        return earliest > Clock.Now ? earliest : Clock.Now;
    }
}
