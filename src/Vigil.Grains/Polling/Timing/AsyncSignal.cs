namespace Vigil.Grains.Polling.Timing;

/// <summary>Wakes one loop: at a time, or at once when rung. A ring while nobody waits is kept for the next wait.</summary>
internal sealed class AsyncSignal : IDisposable
{
    /// <summary>Timers of most systems tick in milliseconds; a shorter wait would come back too early, again and again.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly ITimer _timer;
    private TaskCompletionSource _bell = NewBell();

    public AsyncSignal(TimeProvider time) => _timer =
        time.CreateTimer(static alarm => ((AsyncSignal)alarm!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Set() => Volatile.Read(ref _bell).TrySetResult();

    public async Task WaitAsync(TimeSpan delay)
    {
        var bell = _bell;
        var bounded = delay > Limit ? Limit : delay < Shortest ? Shortest : TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
        _timer.Change(bounded, Timeout.InfiniteTimeSpan);
        await bell.Task;
        Volatile.Write(ref _bell, NewBell());
    }

    public void Dispose() => _timer.Dispose();

    // The loop must not run inside the caller that sets the signal.
    private static TaskCompletionSource NewBell() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
