namespace Vigil.Simulator;

/// <summary>A number of requests in a window that slides.</summary>
internal sealed class SlidingLimit(int most, TimeSpan window)
{
    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _taken = new();

    public void Clear()
    {
        lock (_lock)
        {
            _taken.Clear();
        }
    }

    public bool TryTake(DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_taken.TryPeek(out var oldest) && oldest <= now - window)
            {
                _taken.Dequeue();
            }

            if (_taken.Count >= most)
            {
                return false;
            }

            _taken.Enqueue(now);
            return true;
        }
    }
}
