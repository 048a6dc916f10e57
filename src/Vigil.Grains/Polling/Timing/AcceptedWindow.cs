namespace Vigil.Grains.Polling.Timing;

/// <summary>Counts the requests accepted within the last minute, in buckets of one second.</summary>
internal sealed class AcceptedWindow(TimeSpan startedAt)
{
    private const int Seconds = 60;

    private readonly int[] _counts = new int[Seconds];
    private long _second = (long)startedAt.TotalSeconds;
    private long _total;

    public void Add(TimeSpan now)
    {
        Move(now);
        _counts[_second % Seconds]++;
        _total++;
    }

    /// <summary>Returns the accepted requests per minute, computed over at least one second.</summary>
    public double PerMinute(TimeSpan now)
    {
        Move(now);
        var covered = Math.Clamp((now - startedAt).TotalSeconds, 1, Seconds);
        return _total * 60 / covered;
    }

    private void Move(TimeSpan now)
    {
        var second = (long)now.TotalSeconds;
        if (second - _second >= Seconds)
        {
            Array.Clear(_counts);
            _total = 0;
            _second = second;
        }

        while (_second < second)
        {
            _second++;
            _total -= _counts[_second % Seconds];
            _counts[_second % Seconds] = 0;
        }
    }
}
