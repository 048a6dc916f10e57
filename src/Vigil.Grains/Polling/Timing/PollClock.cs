namespace Vigil.Grains.Polling.Timing;

/// <summary>The poller's time. Plans are made by a clock that never jumps; what is told to others is told in UTC.</summary>
internal sealed class PollClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    /// <summary>Gets the time since the poller was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(_origin);

    public DateTimeOffset UtcNow => time.GetUtcNow();

    /// <summary>Returns the moment by <see cref="Now"/> at which it will be this time, at once where it was already.</summary>
    public TimeSpan At(DateTimeOffset moment)
    {
        var ahead = moment - UtcNow;
        return ahead > TimeSpan.Zero ? Now + ahead : Now;
    }
}
