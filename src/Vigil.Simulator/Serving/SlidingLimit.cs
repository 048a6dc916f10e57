namespace Vigil.Simulator;

/// <summary>Limits the number of requests in a sliding window.</summary>
internal sealed class SlidingLimit(int max, TimeSpan window)
{
    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _taken = new();

    public bool TryTake(DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_taken.TryPeek(out var oldest) && oldest <= now - window)
            {
                _taken.Dequeue();
            }

            if (_taken.Count >= max)
            {
                return false;
            }

            _taken.Enqueue(now);
            return true;
        }
    }
}
