namespace Vigil.Grains.Polling.Timing;

/// <summary>How long to leave something alone that failed.</summary>
internal static class Backoff
{
    /// <summary>The longest time that a platform can ask for with Retry-After.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>Returns a time that doubles with each failure in a row, between half of it and the whole, so that failures do not align.</summary>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest, Random random)
    {
        var doublings = Math.Clamp(failures - 1, 0, 20);
        var full = Math.Min(first.TotalMilliseconds * (1 << doublings), longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (random.NextDouble() / 2)));
    }

    public static TimeSpan Bounded(TimeSpan retryAfter) =>
        retryAfter > LongestRetryAfter ? LongestRetryAfter : retryAfter > TimeSpan.Zero ? retryAfter : TimeSpan.Zero;
}
