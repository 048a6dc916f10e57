namespace Vigil.Grains.Polling.Timing;

/// <summary>Wakes one loop after a delay, or at once when set. If set while the loop is not waiting, the next wait completes at once.</summary>
internal sealed class AsyncSignal : IDisposable
{
    // Most timers have a resolution of a millisecond; a shorter wait would end too early and be repeated.
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    private readonly ITimer _timer;
    private TaskCompletionSource _completion = NewCompletion();

    public AsyncSignal(TimeProvider time) => _timer =
        time.CreateTimer(static signal => ((AsyncSignal)signal!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Set() => Volatile.Read(ref _completion).TrySetResult();

    public async Task WaitAsync(TimeSpan delay)
    {
        var completion = _completion;
        var bounded = delay > MaxDelay ? MaxDelay : delay < MinDelay ? MinDelay : TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
        _timer.Change(bounded, Timeout.InfiniteTimeSpan);
        await completion.Task;
        Volatile.Write(ref _completion, NewCompletion());
    }

    public void Dispose() => _timer.Dispose();

    // The loop's continuation must not run inside Set.
    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
