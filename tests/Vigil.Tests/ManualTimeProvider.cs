namespace Vigil.Tests;

/// <summary>Time that passes only when a test says so. Timers fire inside <see cref="Advance"/>, in the order of their due times.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(ManualTimer Timer, long Version), (long Due, long Order)> _timers = new();
    private long _order;
    private long _ticks;
    private TimeSpan _jumped;

    public static DateTimeOffset Start { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Gets the time since the clock was made.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return Start + Elapsed + _jumped;
        }
    }

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the wall clock forward or back, as an operator or a time server does; no time passes.</summary>
    public void SetClock(TimeSpan by)
    {
        lock (_lock)
        {
            _jumped += by;
        }
    }

    /// <summary>Lets time pass, up to the next timer or to the limit, whichever is first; returns false at the limit.</summary>
    public bool AdvanceToNextTimer(TimeSpan limit)
    {
        ManualTimer? fires = null;
        lock (_lock)
        {
            while (_timers.TryPeek(out var entry, out var place) && place.Due <= limit.Ticks)
            {
                _timers.Dequeue();
                if (entry.Timer.Version == entry.Version)
                {
                    _ticks = Math.Max(_ticks, place.Due);
                    fires = entry.Timer;
                    fires.Rearm(place.Due);
                    break;
                }
            }

            if (fires is null)
            {
                _ticks = Math.Max(_ticks, limit.Ticks);
                return false;
            }
        }

        fires.Fire();
        return true;
    }

    public void Advance(TimeSpan by)
    {
        var limit = Elapsed + by;
        while (AdvanceToNextTimer(limit))
        {
        }
    }

    private void Enqueue(ManualTimer timer, long due) => _timers.Enqueue((timer, timer.Version), (due, _order++));

    private sealed class ManualTimer(ManualTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                Version++;
                _period = period;
                if (dueTime >= TimeSpan.Zero)
                {
                    time.Enqueue(this, time._ticks + dueTime.Ticks);
                }
            }

            return true;
        }

        public void Rearm(long due)
        {
            if (_period > TimeSpan.Zero)
            {
                time.Enqueue(this, due + _period.Ticks);
            }
        }

        public void Fire() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
