namespace Vigil.Grains.Polling.Timing;

/// <summary>The poller's clocks: a monotonic one for scheduling, and UTC for times reported to others.</summary>
internal sealed class PollClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    /// <summary>Gets the monotonic time since the poller was created.</summary>
    public TimeSpan Now => time.GetElapsedTime(_origin);

    public DateTimeOffset UtcNow => time.GetUtcNow();

    /// <summary>Converts a UTC time to the monotonic clock; a past time becomes <see cref="Now"/>.</summary>
    public TimeSpan At(DateTimeOffset moment)
    {
        var ahead = moment - UtcNow;
        return ahead > TimeSpan.Zero ? Now + ahead : Now;
    }
}
