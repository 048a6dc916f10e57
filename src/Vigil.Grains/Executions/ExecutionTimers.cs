namespace Vigil.Grains.Executions;

/// <summary>
/// The timers of a live execution: the poll timer, which also keeps the activation alive, because a timer is collected with its grain; and the wake
/// timer, one-shot, for its deadline and whatever else has its time. It is set only once that is near: of 100,000 executions nearly all wait
/// for something hours away, and each timer that is set is work for the runtime whenever any of them ticks.
/// </summary>
internal sealed class ExecutionTimers(ExecutionGrain grain, TimeProvider time)
{
    public static readonly TimeSpan WatchdogPeriod = TimeSpan.FromSeconds(30);

    // A tick that is merely late is on its way.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // Longer than any wait for an answer, which must end by the steady time of a timer and not by a calendar that was set forward.
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(10);

    private IGrainTimer? _wake;
    private IGrainTimer? _poll;
    private TimeSpan _pollPeriod;
    private bool _isWakeSet;
    private DateTimeOffset _wakeAt = DateTimeOffset.MaxValue;

    /// <summary>Has the grain ticked at a time, instead of at the one set before.</summary>
    public void WakeAt(DateTimeOffset at) => (_wakeAt, _isWakeSet) = (at, false);

    /// <summary>Sets the wake timer if its time is near; to be called at each tick of the poll timer, and whenever the time has changed.</summary>
    public void SetWakeTimer()
    {
        var due = _wakeAt - time.GetUtcNow();
        if (_isWakeSet || due >= Near)
        {
            return;
        }

        // Rounded up: a tick before its time would find nothing to do.
        due = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, due.TotalMilliseconds)));
        if (_wake is null)
        {
            _wake = grain.RegisterGrainTimer(OnWakeAsync, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan));
        }
        else
        {
            _wake.Change(due, Timeout.InfiniteTimeSpan);
        }

        _isWakeSet = true;
    }

    /// <summary>Gets a value indicating whether the wake timer should have ticked: the clock was set forward, or the machine slept.</summary>
    public bool IsOverdue => _poll is not null && time.GetUtcNow() - Grace >= _wakeAt;

    /// <summary>Starts or changes the poll timer.</summary>
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

    /// <summary>Ends both timers.</summary>
    public void Stop()
    {
        _poll?.Dispose();
        _wake?.Dispose();
        _poll = _wake = null;
        WakeAt(DateTimeOffset.MaxValue);
    }

    // Whatever the clock says now: it may have been set back, and the rules find out what is due and when to look again.
    private Task OnWakeAsync() => grain.TickAsync();
}
