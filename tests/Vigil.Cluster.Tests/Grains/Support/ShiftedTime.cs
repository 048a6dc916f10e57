namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>The system's clock, put forward at will: what waits for an age finds it reached, while timers tick as ever.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shiftTicks;

    public void Forward(TimeSpan by) => Interlocked.Add(ref _shiftTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _shiftTicks));
}
