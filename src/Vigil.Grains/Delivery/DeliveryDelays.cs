namespace Vigil.Grains.Delivery;

/// <summary>When a failed delivery is retried: after growing delays with jitter, for three days.</summary>
internal static class DeliveryDelays
{
    public static readonly TimeSpan GivenUpAfter = TimeSpan.FromHours(72);
    private static readonly Backoff Failures = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(4)) { Factor = 3, MinJitter = 0.75, MaxJitter = 1.25 };

    /// <summary>Returns the time of the next attempt; null if there is none left.</summary>
    /// <param name="createdAt">When the delivery was created.</param>
    /// <param name="attempts">The number of attempts so far, including the one that just failed.</param>
    /// <param name="now">The current time.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static DateTimeOffset? NextAttempt(DateTimeOffset createdAt, int attempts, DateTimeOffset now, double jitter)
    {
        var next = now + Failures.Delay(attempts, jitter);
        return next - createdAt > GivenUpAfter ? null : next;
    }
}
