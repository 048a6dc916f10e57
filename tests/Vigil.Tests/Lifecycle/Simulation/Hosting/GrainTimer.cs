namespace Vigil.Tests.Lifecycle.Simulation.Hosting;

/// <summary>A grain's timer, as Orleans has them: a tick is a turn, and the next one is counted from its end.</summary>
internal sealed class GrainTimer(Silo silo, Activation activation, Func<Task> tick) : IGrainTimer
{
    private int _changes;
    private TimeSpan _period;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        _changes++;
        _period = period;
        Schedule(dueTime);
    }

    public void Dispose() => _changes++;

    private void Schedule(TimeSpan due)
    {
        var change = _changes;
        if (due >= TimeSpan.Zero)
        {
            silo.Post(due, () => activation.Enqueue(new(_ => TickAsync(change), static _ => { })));
        }
    }

    private async Task TickAsync(int change)
    {
        if (change != _changes || activation.IsGone)
        {
            return;
        }

        try
        {
            await tick();
        }
        catch (OrleansException)
        {
            // As Orleans does: a tick that fails is logged, and the timer goes on.
        }

        if (change == _changes && _period > TimeSpan.Zero)
        {
            Schedule(_period);
        }
    }
}
