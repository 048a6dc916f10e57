namespace Vigil.Benchmarks;

/// <summary>Does nothing, so that only Orleans is measured.</summary>
[Alias("benchmarks.IEmptyGrain")]
internal interface IEmptyGrain : IGrainWithStringKey
{
    [Alias("Ping")]
    Task<int> PingAsync();

    /// <summary>Starts a timer, or gives the one there is another period.</summary>
    [Alias("StartTimer")]
    Task StartTimerAsync(TimeSpan period);
}

internal sealed class EmptyGrain : Grain, IEmptyGrain
{
    private static long _ticks;
    private IGrainTimer? _timer;
    private int _pings;

    internal static long Ticks
    {
        get => Interlocked.Read(ref _ticks);
        set => Interlocked.Exchange(ref _ticks, value);
    }

    public Task<int> PingAsync() => Task.FromResult(++_pings);

    public Task StartTimerAsync(TimeSpan period)
    {
        if (_timer is null)
        {
            _timer = this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(period, period) { KeepAlive = true });
        }
        else
        {
            _timer.Change(period, period);
        }

        return Task.CompletedTask;
    }

    private static Task Tick()
    {
        Interlocked.Increment(ref _ticks);
        return Task.CompletedTask;
    }
}
