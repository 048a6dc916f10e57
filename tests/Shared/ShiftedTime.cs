namespace Vigil.Testing;

/// <summary>The system's clock, set wrong at will, as an operator or a time server does: what waits for an age finds it reached, and timers tick as ever.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shiftTicks;

    public void Forward(TimeSpan by) => Interlocked.Add(ref _shiftTicks, by.Ticks);

    public void Set(TimeSpan wrongBy) => Interlocked.Exchange(ref _shiftTicks, wrongBy.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _shiftTicks));
}
