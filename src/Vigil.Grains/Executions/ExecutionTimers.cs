namespace Vigil.Grains.Executions;

/// <summary>
/// The timers of a live execution: the poll timer, which also keeps the activation alive, and the one-shot wake timer for its deadline and other due
/// times. The wake timer is set only when its time is near: nearly all of 100,000 executions wait for something hours away, and each timer that is set
/// costs the runtime work whenever any of them ticks.
/// </summary>
internal sealed class ExecutionTimers(ExecutionGrain grain, TimeProvider time)
{
    public static readonly TimeSpan WatchdogPeriod = TimeSpan.FromSeconds(30);

    // A tick may be a little late.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // Longer than any wait for an answer, which must end by the timer's monotonic clock and not because the system clock was set forward.
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(10);

    private IGrainTimer? _wake;
    private IGrainTimer? _poll;
    private TimeSpan _pollPeriod;
    private bool _isWakeSet;
    private DateTimeOffset _wakeAt = DateTimeOffset.MaxValue;

    /// <summary>Replaces the time of the next wake.</summary>
    public void WakeAt(DateTimeOffset at) => (_wakeAt, _isWakeSet) = (at, false);

    /// <summary>Sets the wake timer if its time is near. Must be called at each tick of the poll timer and after each change of the wake time.</summary>
    public void SetWakeTimer()
    {
        var due = _wakeAt - time.GetUtcNow();
        if (_isWakeSet || due >= Near)
        {
            return;
        }

        // Rounded up, because an early tick would find nothing to do.
        due = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, due.TotalMilliseconds)));
        if (_wake is null)
        {
            // Ticks whatever the clock says then: it may have been set back, and the rules decide what is due and when to tick next.
            _wake = grain.RegisterGrainTimer(grain.TickAsync, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan));
        }
        else
        {
            _wake.Change(due, Timeout.InfiniteTimeSpan);
        }

        _isWakeSet = true;
    }

    /// <summary>Gets a value indicating whether the wake timer missed its time, because the clock was set forward or the machine slept.</summary>
    public bool IsOverdue => _poll is not null && time.GetUtcNow() - Grace >= _wakeAt;

    public void KeepWatched(TimeSpan period)
    {
        if (_poll is null)
        {
            _poll = grain.RegisterGrainTimer(grain.KeepWatchedAsync, new GrainTimerCreationOptions(period, period) { KeepAlive = true });
        }
        else if (_pollPeriod != period)
        {
            _poll.Change(period, period);
        }

        _pollPeriod = period;
    }

    public void Stop()
    {
        _poll?.Dispose();
        _wake?.Dispose();
        _poll = _wake = null;
        WakeAt(DateTimeOffset.MaxValue);
    }
}
