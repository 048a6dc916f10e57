namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The clock of one process: the steady part goes with the world, the calendar may be set forward or back. Its timers fire when the process moves.</summary>
internal sealed class ProcessClock(World world, Process process) : TimeProvider
{
    /// <summary>Gets or sets by how much the calendar is ahead of the true time.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => world.Now + Ahead;

    public override long GetTimestamp() => world.Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ProcessTimer(process, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ProcessTimer(Process process, Action fire) : ITimer
    {
        private int _changes;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var change = ++_changes;
            if (dueTime >= TimeSpan.Zero)
            {
                process.Post(dueTime, () => Fire(change, period));
            }

            return true;
        }

        public void Dispose() => _changes++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int change, TimeSpan period)
        {
            if (change != _changes)
            {
                return;
            }

            if (period > TimeSpan.Zero)
            {
                process.Post(period, () => Fire(change, period));
            }

            fire();
        }
    }
}
