using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>The clock of one silo of a test cluster. While the silo is frozen its timers wait; then all fire that became due.</summary>
internal sealed class FreezableTimeProvider(TimeProvider clock) : TimeProvider
{
    /// <summary>Gets or sets the silo, which is made after its clock.</summary>
    public Silo? Silo { get; set; }

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(
            given =>
            {
                if (Silo is null || Silo.MayRun(() => callback(given)))
                {
                    callback(given);
                }
            },
            state,
            dueTime,
            period);
}
