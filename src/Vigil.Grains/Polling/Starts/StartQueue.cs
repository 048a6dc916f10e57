namespace Vigil.Grains.Polling.Starts;

/// <summary>The starts of a connection that wait for a slot: room among the running ones, and the rate. The gate of the connection guards it.</summary>
internal sealed class StartQueue(ConnectionScope scope)
{
    private readonly DueHeap _waiting = new();
    private readonly Dictionary<string, QueuedStart> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueuedStart> _busy = new(StringComparer.Ordinal);
    private TaskCompletionSource? _idle;

    /// <summary>Gets how many wait.</summary>
    public int Count => _queued.Count;

    public bool Knows(string executionId) => _queued.ContainsKey(executionId) || IsBusy(executionId);

    /// <summary>Tells whether a start is on its way, or the grain has not recorded yet how it went.</summary>
    public bool IsBusy(string executionId) => _busy.ContainsKey(executionId);

    /// <summary>
    /// Queues a start; one that waits stays where it is. One that is on its way is queued again when the grain has taken how that went: to claim
    /// before would tell the grain that nothing was sent.
    /// </summary>
    public void Add(string executionId, TimeSpan due)
    {
        if (_busy.TryGetValue(executionId, out var busy))
        {
            busy.AgainAt = due;
        }
        else if (!_queued.ContainsKey(executionId))
        {
            var start = new QueuedStart(executionId) { Due = due };
            _queued.Add(executionId, start);
            _waiting.Add(start);
        }
    }

    public void Forget(string executionId)
    {
        if (_queued.Remove(executionId, out var queued))
        {
            _waiting.Remove(queued);
        }

        if (_busy.TryGetValue(executionId, out var busy))
        {
            busy.Forgotten = true;
            busy.AgainAt = null;
        }
    }

    /// <summary>Dequeues the next start that has a slot, or returns how long to wait for one.</summary>
    public QueuedStart? TryAcquire(TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.MaxValue;
        if (_waiting.Peek() is not QueuedStart next || _busy.Count >= scope.Services.Options.MaxConcurrentStarts || scope.Runs.Count + _busy.Count >= scope.MaxRunning)
        {
            // What frees a slot rings the alarm.
            return null;
        }

        wait = next.Due - now;
        if (wait > TimeSpan.Zero || !scope.Starts.TryAcquire(now, out wait))
        {
            return null;
        }

        _waiting.Remove(next);
        _queued.Remove(next.ExecutionId);
        _busy.Add(next.ExecutionId, next);
        return next;
    }

    /// <summary>Frees the slot of a start whose outcome the grain has recorded.</summary>
    public void End(QueuedStart start)
    {
        _busy.Remove(start.ExecutionId);
        if (start.AgainAt is { } due)
        {
            Add(start.ExecutionId, due);
        }

        if (_busy.Count == 0)
        {
            _idle?.TrySetResult();
        }
    }

    /// <summary>Completes when nothing is on its way.</summary>
    public Task WhenIdle()
    {
        _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_busy.Count == 0)
        {
            _idle.TrySetResult();
        }

        return _idle.Task;
    }
}
