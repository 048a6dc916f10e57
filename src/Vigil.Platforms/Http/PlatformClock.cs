namespace Vigil.Platforms;

/// <summary>
/// How far a platform's clock is ahead of ours, learnt from the <c>Date</c> of its answers. <c>Date</c> has whole seconds and an answer takes
/// time, so one answer gives only bounds; each further one narrows them. Differences within two seconds are ignored: they cannot be told from
/// network delay and rounding, and a correction that changed with every answer would make unchanged runs look changed.
/// </summary>
internal sealed class PlatformClock
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Bounds? _believed;
    private Bounds? _contrary;
    private long _aheadTicks;

    /// <summary>Gets how far the platform's clock is assumed to be ahead of ours; negative if it is behind.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    /// <summary>Learns from an answer's headers. Cached answers and errors are ignored: their time may not be the platform's, but a cache's or a proxy's.</summary>
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
                // Two in a row mean that the clock was set; a single one may come from another server.
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
