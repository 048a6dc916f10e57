using Vigil.Grains.Polling.Timing;

namespace Vigil.Grains.Polling;

/// <summary>When a run is to be asked about, and how urgent that is.</summary>
internal sealed class RunTiming(PlatformConnection connection, PollClock clock, Random random)
{
    private static readonly TimeSpan MaxErrorPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NearDeadline = TimeSpan.FromMinutes(1);

    /// <summary>How long after a hint the platform's push counts as live for a run.</summary>
    private static readonly TimeSpan PushLivesFor = TimeSpan.FromSeconds(30);

    public TimeSpan Interval(TrackedRun entry) => Cadence.Of(
        connection.Cadence,
        entry.Status,
        clock.UtcNow - entry.WatchedSince,
        pushIsLive: clock.Now - PushLivesFor <= entry.PushedAt);

    public Lane LaneOf(TrackedRun entry) => entry.DeadlineAt - clock.UtcNow <= NearDeadline ? Lane.DeadlineNear : Lane.Background;

    /// <summary>Returns when a run that nobody asked about yet is first due: anywhere within its interval, so that nothing aligns.</summary>
    public TimeSpan First(TrackedRun entry) => clock.Now + (Interval(entry) * random.NextDouble());

    /// <summary>Returns when a run is due after a request for it left; intervals count from request to request.</summary>
    public TimeSpan Next(TrackedRun entry) => entry.SentAt + Cadence.Jittered(Interval(entry), random);

    /// <summary>Returns when a run is due that could not be asked about, or that was failing.</summary>
    public TimeSpan AfterFailure(TrackedRun entry, TimeSpan? retryAfter)
    {
        var delay = new Backoff(Interval(entry), MaxErrorPause).Delay(entry.Failures, random);
        return clock.Now + RetryAfter.OrLonger(delay, retryAfter);
    }

    /// <summary>Returns when a hint makes a run due: at once, but not within a quarter of its cadence after the hint before.</summary>
    public TimeSpan Nudged(TrackedRun entry)
    {
        var earliest = entry.NudgedAt == TimeSpan.MinValue ? clock.Now : entry.NudgedAt + (connection.Cadence / 4);
        return earliest > clock.Now ? earliest : clock.Now;
    }
}
