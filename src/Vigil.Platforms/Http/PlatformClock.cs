namespace Vigil.Platforms;

/// <summary>
/// Estimates how far a platform's clock is ahead of ours from the <c>Date</c> of its responses. <c>Date</c> has whole seconds and a response takes
/// time, so each response gives only bounds, which narrow the estimate. Differences within two seconds are ignored: they may be network delay and
/// rounding, and a correction that changed with every response would make unchanged runs look changed.
/// </summary>
internal sealed class PlatformClock
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    // A server whose clock is further off than any time zone tells nothing; times would be corrected by nonsense.
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private Bounds? _accepted;
    private Bounds? _outlier;
    private long _aheadTicks;

    /// <summary>Gets how far the platform's clock is assumed to be ahead of ours; negative if it is behind.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    /// <summary>
    /// Refines the estimate from a response's headers. Cached responses and errors are ignored, because their time may be a cache's or a proxy's, and so are
    /// times that are off by more than a day.
    /// </summary>
    public void Observe(HttpResponseMessage response, DateTimeOffset sentAt, DateTimeOffset receivedAt)
    {
        if (response.IsSuccessStatusCode && response.Headers.Age is not { Ticks: > 0 } && response.Headers.Date is { } date && receivedAt >= sentAt
            && (date - receivedAt).Duration() <= MaxAhead)
        {
            Observe(new Bounds(date - receivedAt, date + Resolution - sentAt));
        }
    }

    private void Observe(Bounds seen)
    {
        lock (_lock)
        {
            if (_accepted is not { } accepted || accepted.Overlaps(seen))
            {
                _accepted = _accepted?.Intersect(seen) ?? seen;
                _outlier = null;
            }
            else if (_outlier is { } outlier && outlier.Overlaps(seen))
            {
                // Two outliers in a row mean that the clock was set; a single one may come from another server.
                _accepted = outlier.Intersect(seen);
                _outlier = null;
            }
            else
            {
                _outlier = seen;
            }

            if (!_accepted.Value.IsWithin(Tolerance, Ahead))
            {
                Interlocked.Exchange(ref _aheadTicks, _accepted.Value.Middle.Ticks);
            }
        }
    }

    private readonly record struct Bounds(TimeSpan Low, TimeSpan High)
    {
        public TimeSpan Middle => Low + ((High - Low) / 2);

        public bool Overlaps(Bounds other) => Low <= other.High && other.Low <= High;

        public Bounds Intersect(Bounds other) => new(Low > other.Low ? Low : other.Low, High < other.High ? High : other.High);

        public bool IsWithin(TimeSpan tolerance, TimeSpan ahead) => ahead >= Low - tolerance && ahead <= High + tolerance;
    }
}
