using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>A timer of one activation. It is its own request: it is queued when due and armed again when its callback has ended.</summary>
internal sealed class GrainTimer : Request, IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly CancellationTokenSource _disposal = new();
    private readonly ITimer _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _isFiring;
    private bool _isChanged;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        Interleaves = options.Interleave;
        KeepsAlive = options.KeepAlive;
        _timer = RuntimeContext.Unflowed(() => activation.Silo.GrainTime.CreateTimer(
            static timer => ((GrainTimer)timer!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
    }

    public override bool Interleaves { get; }

    public override bool KeepsAlive { get; }

    public override bool IsLocal => true;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        _isChanged = true;
        _dueTime = dueTime;
        _period = period;

        // A tick that is queued or running comes to its end first.
        if (!_isFiring)
        {
            Arm(dueTime);
        }
    }

    public override async Task RunAsync(Activation activation)
    {
        _isChanged = false;
        try
        {
            await _callback(_disposal.Token);
        }
        catch (Exception failure)
        {
            activation.OnFailure(failure);
            activation.Silo.Log.LogWarning(failure, "A timer of {Activation} failed", activation);
        }

        _isFiring = false;
        Arm(_isChanged ? _dueTime : _period);
    }

    public void Dispose()
    {
        _disposal.Cancel();
        _timer.Dispose();
        _activation.Remove(this);
    }

    private static void Check(TimeSpan time, string name)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, Timeout.Infinite, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, uint.MaxValue - 1, name);
    }

    private void OnDue()
    {
        _isFiring = true;
        _activation.Receive(this);
    }

    private void Arm(TimeSpan time)
    {
        if (!_disposal.IsCancellationRequested)
        {
            _timer.Change(time, Timeout.InfiniteTimeSpan);
        }
    }
}
