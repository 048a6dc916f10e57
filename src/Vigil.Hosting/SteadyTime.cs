using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vigil.Hosting;

/// <summary>
/// A clock that is never set back. Orleans schedules the end of each activation by the clock, and after it was set back it refuses every new activation
/// until the clock has caught up, so all starts would fail for hours. This clock goes on from the time that it had; it follows the system's clock again
/// once that has caught up, or when the process is started again.
/// </summary>
/// <param name="inner">The clock that may be set back.</param>
public sealed class SteadyTime(TimeProvider inner) : TimeProvider
{
    // Clocks are corrected by fractions of a second all the time, which disturbs nothing.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<TimeSpan> _setBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startTimestamp = inner.GetTimestamp();
    private long _aheadTicks = inner.GetUtcNow().UtcTicks;

    /// <inheritdoc />
    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    /// <summary>Gets a task that completes when the clock is set back for the first time, with how far it was.</summary>
    internal Task<TimeSpan> SetBack => _setBack.Task;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        var now = inner.GetUtcNow();
        var elapsed = inner.GetElapsedTime(_startTimestamp).Ticks;

        // The clock relative to the monotonic one: it follows the clock forward, and back only within the tolerance.
        var ahead = Volatile.Read(ref _aheadTicks);
        var behind = TimeSpan.FromTicks(ahead + elapsed - now.UtcTicks);
        if (behind > Tolerance)
        {
            _setBack.TrySetResult(behind);
            return new DateTimeOffset(ahead + elapsed, TimeSpan.Zero);
        }

        Interlocked.CompareExchange(ref _aheadTicks, now.UtcTicks - elapsed, ahead);
        return now;
    }

    /// <inheritdoc />
    public override long GetTimestamp() => inner.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}

/// <summary>Says once that the clock was set back.</summary>
internal sealed partial class SteadyTimeLog(TimeProvider time, ILogger<SteadyTime> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (time is SteadyTime steady)
        {
            try
            {
                LogSetBack(await steady.SetBack.WaitAsync(stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The process is stopping.
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The clock was set back by {Behind}. Vigil goes on from the time it had; start it again to follow the clock")]
    private partial void LogSetBack(TimeSpan behind);
}
