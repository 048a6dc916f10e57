namespace Vigil.Cluster.Tests.OrleansAssumptions.Support;

/// <summary>The system's timers, each time that one is set written down as <c>set to</c> and its due time.</summary>
internal sealed class RecordedTimers(Journal journal) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new RecordedTimer(base.CreateTimer(callback, state, dueTime, period), journal);

    private sealed class RecordedTimer(ITimer timer, Journal journal) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            journal.Add($"set to {dueTime}");
            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
