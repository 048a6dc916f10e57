namespace Vigil.Platforms;

/// <summary>
/// How far a platform's clock runs ahead of ours, learnt from the <c>Date</c> of its answers. <c>Date</c> counts whole seconds and an answer takes
/// time, so one answer only says between which bounds the truth lies; each further one narrows them. What is within two seconds is left
/// alone: so much nobody can tell from network and rounding, and a correction that moved with every answer would make unchanged runs look changed.
/// </summary>
internal sealed class PlatformClock
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Bounds? _believed;
    private Bounds? _contrary;
    private long _aheadTicks;

    /// <summary>Gets how far the platform's clock is taken to be ahead of ours; below zero: behind.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    /// <summary>Takes an answer's head. What a cache has kept for a while, or something before the platform has answered, tells another time.</summary>
    public void Learn(HttpResponseMessage response, DateTimeOffset sentAt, DateTimeOffset receivedAt)
    {
        if (response.IsSuccessStatusCode && response.Headers.Age is not { Ticks: > 0 } && response.Headers.Date is { } date && receivedAt >= sentAt)
        {
            Learn(new Bounds(date - receivedAt, date + Resolution - sentAt));
        }
    }

    private void Learn(Bounds seen)
    {
        lock (_lock)
        {
            if (_believed is not { } believed || believed.Meets(seen))
            {
                _believed = _believed?.And(seen) ?? seen;
                _contrary = null;
            }
            else if (_contrary is { } contrary && contrary.Meets(seen))
            {
                // Two in a row: the clock was set. One alone may be a stray server's.
                _believed = contrary.And(seen);
                _contrary = null;
            }
            else
            {
                _contrary = seen;
            }

            if (!_believed.Value.IsWithin(Tolerance, Ahead))
            {
                Interlocked.Exchange(ref _aheadTicks, _believed.Value.Middle.Ticks);
            }
        }
    }

    private readonly record struct Bounds(TimeSpan Low, TimeSpan High)
    {
        public TimeSpan Middle => Low + ((High - Low) / 2);

        public bool Meets(Bounds other) => Low <= other.High && other.Low <= High;

        public Bounds And(Bounds other) => new(Low > other.Low ? Low : other.Low, High < other.High ? High : other.High);

        public bool IsWithin(TimeSpan tolerance, TimeSpan ahead) => ahead >= Low - tolerance && ahead <= High + tolerance;
    }
}
