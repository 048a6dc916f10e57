namespace Vigil.Grains.Executions;

/// <summary>
/// The two timers of a live execution: the wake timer, one-shot, for its deadline and whatever else has its time; and the poll timer, which also
/// keeps the activation alive, because a timer is collected with its grain.
/// </summary>
internal sealed class ExecutionTimers(ExecutionGrain grain, TimeProvider time)
{
    public static readonly TimeSpan WatchdogPeriod = TimeSpan.FromSeconds(30);

    // A tick that is merely late is on its way.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private IGrainTimer? _wake;
    private IGrainTimer? _poll;
    private TimeSpan _pollPeriod;
    private DateTimeOffset _wakeAt;

    /// <summary>Has the grain ticked at a time, instead of at the one set before.</summary>
    public void WakeAt(DateTimeOffset at)
    {
        _wakeAt = at;

        // Rounded up: a tick before its time would find nothing to do.
        var due = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (at - time.GetUtcNow()).TotalMilliseconds)));
        if (_wake is null)
        {
            _wake = grain.RegisterGrainTimer(OnWakeAsync, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan));
        }
        else
        {
            _wake.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Gets a value indicating whether the wake timer should have ticked: the clock was set forward, or the machine slept.</summary>
    public bool IsOverdue => _wake is not null && time.GetUtcNow() >= _wakeAt + Grace;

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
    }

    // Whatever the clock says now: it may have been set back, and the rules find out what is due and when to look again.
    private Task OnWakeAsync() => grain.TickAsync();
}
