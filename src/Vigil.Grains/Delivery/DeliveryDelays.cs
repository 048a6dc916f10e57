namespace Vigil.Grains.Delivery;

/// <summary>When a delivery that failed is tried again: growing delays with jitter, for three days.</summary>
internal static class DeliveryDelays
{
    public static readonly TimeSpan GivenUpAfter = TimeSpan.FromHours(72);
    private static readonly Backoff Failures = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(4)) { Factor = 3, MinJitter = 0.75, MaxJitter = 1.25 };

    /// <summary>Returns when to try again; null where the delivery is dead.</summary>
    /// <param name="createdAt">Since when it is owed.</param>
    /// <param name="attempts">How often it was tried, the failure in hand included.</param>
    /// <param name="now">The time.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static DateTimeOffset? NextAttempt(DateTimeOffset createdAt, int attempts, DateTimeOffset now, double jitter)
    {
        var next = now + Failures.Delay(attempts, jitter);
        return next - createdAt > GivenUpAfter ? null : next;
    }
}
