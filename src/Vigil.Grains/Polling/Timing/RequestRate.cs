namespace Vigil.Grains.Polling.Timing;

/// <summary>
/// A token bucket for one kind of requests, whose rate adapts to what the platform accepts. After a 429 the rate falls to 0.9 of what was accepted in the
/// last minute, and then grows by 2 % every ten seconds. The budget is divided evenly among the silos.
/// </summary>
internal sealed class RequestRate
{
    private const double FallTo = 0.9;
    private const double ProbeBy = 1.02;
    private const double PerMinuteOfOneASecond = 60;
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(10);

    // An exhausted window of the platform refuses many requests at once, which must count only once.
    private static readonly TimeSpan FallAtMostEvery = TimeSpan.FromSeconds(5);

    private readonly double _whole;
    private readonly BudgetShare _share;
    private double _ceiling;
    private readonly AcceptedWindow _accepted;
    private double _perMinute;
    private double _tokens;
    private TimeSpan _filledAt;
    private TimeSpan _probedAt;
    private TimeSpan? _fellAt;
    private TimeSpan _pausedUntil;

    public RequestRate(double perMinute, BudgetShare share, TimeSpan now)
    {
        _whole = perMinute;
        _share = share;
        _ceiling = _perMinute = ShareOf(perMinute, share.Silos);
        _accepted = new(now);
        _filledAt = _probedAt = now;
        _tokens = Capacity;
    }

    public double PerMinute => _perMinute;

    // One second's worth, so that bursts hardly raise the requests per minute above the rate.
    private double Capacity => Math.Max(1, _perMinute / PerMinuteOfOneASecond);

    /// <summary>Acquires one request, or returns how long to wait for it.</summary>
    public bool TryAcquire(TimeSpan now, out TimeSpan wait)
    {
        Fill(now);

        // In whole milliseconds, since timers cut fractions off: a wait of half a millisecond would be none, and be asked for again and again.
        wait = _pausedUntil > now ? _pausedUntil - now
            : _tokens >= 1 ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(Math.Ceiling(TimeSpan.FromMinutes((1 - _tokens) / _perMinute).TotalMilliseconds));
        if (wait > TimeSpan.Zero)
        {
            return false;
        }

        _tokens--;
        return true;
    }

    /// <summary>Counts a request that must not wait, such as a repeat with a fresh credential; later requests wait longer instead.</summary>
    public void Charge(TimeSpan now)
    {
        Fill(now);
        _tokens--;
    }

    /// <summary>Returns the token of a request that was not sent.</summary>
    public void Refund() => _tokens = Math.Min(Capacity, _tokens + 1);

    public void Accepted(TimeSpan now) => _accepted.Add(now);

    /// <summary>Records a 429. Responses to requests sent before the last slow-down are ignored.</summary>
    public void Refused(TimeSpan sentAt, TimeSpan now, TimeSpan? retryAfter)
    {
        if (retryAfter is { } delay && now + RetryAfter.Bounded(delay) > _pausedUntil)
        {
            _pausedUntil = now + RetryAfter.Bounded(delay);
        }

        if (_fellAt is { } fell && (sentAt < fell || now - fell < FallAtMostEvery))
        {
            return;
        }

        Fill(now);
        var fallen = FallTo * Math.Min(_perMinute, _accepted.PerMinute(now));

        // The window may be empty, as after a restart, so a single 429 at most halves the rate.
        _perMinute = Math.Max(fallen, Math.Max(_perMinute / 2, Math.Min(1, _ceiling)));
        _tokens = Math.Min(_tokens, Capacity);
        _fellAt = _probedAt = now;
    }

    private void Fill(TimeSpan now)
    {
        Divide();
        _tokens = Math.Min(Capacity, _tokens + ((now - _filledAt).TotalMinutes * _perMinute));
        _filledAt = now;
        var probes = (int)((now - _probedAt) / ProbeEvery);
        _probedAt += probes * ProbeEvery;
        if (probes > 0 && _perMinute < _ceiling)
        {
            _perMinute = Math.Min(_ceiling, _perMinute * Math.Pow(ProbeBy, probes));
        }
    }

    /// <summary>
    /// Divides a rate among silos. However low its rate, each silo may send one request at once, so it can send one more in a minute than its rate says. All
    /// silos together must not send more than one more: low rates are divided without the others' extra requests.
    /// </summary>
    private static double ShareOf(double whole, int silos)
    {
        var even = whole / silos;
        return even >= PerMinuteOfOneASecond ? even : Math.Max(whole - (silos - 1), whole / 2) / silos;
    }

    /// <summary>Adapts to a changed number of silos; the adapted rate keeps its proportion to the ceiling.</summary>
    private void Divide()
    {
        var ceiling = ShareOf(_whole, _share.Silos);
        if (ceiling != _ceiling)
        {
            _perMinute *= ceiling / _ceiling;
            _ceiling = ceiling;
            _tokens = Math.Min(_tokens, Capacity);
        }
    }
}
