namespace Vigil.Grains.Polling.Starts;

/// <summary>The queued starts of a connection, limited by the number of running runs and by the request rate. Guarded by the connection's lock.</summary>
internal sealed class StartQueue(ConnectionScope scope)
{
    private readonly DueHeap _waiting = new();
    private readonly Dictionary<string, QueuedStart> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueuedStart> _busy = new(StringComparer.Ordinal);
    private TaskCompletionSource? _idle;

    public int Count => _queued.Count;

    public bool Knows(string executionId) => _queued.ContainsKey(executionId) || IsBusy(executionId);

    /// <summary>Returns whether a start is being sent, or the grain has not recorded its outcome yet.</summary>
    public bool IsBusy(string executionId) => _busy.ContainsKey(executionId);

    /// <summary>
    /// Queues a start, unless it is already queued. A start in flight is queued again only after the grain has recorded its outcome: an earlier claim would
    /// mean that nothing was sent.
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
        if (_waiting.Peek() is not QueuedStart next
            || _busy.Count >= scope.Services.Options.MaxConcurrentStarts
            || scope.Runs.Count + _busy.Count >= scope.MaxRunning)
        {
            // The loop is signalled when a slot becomes free.
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

    /// <summary>Completes when no start is in flight.</summary>
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

/// <summary>A start or retry that is queued or in flight.</summary>
internal sealed class QueuedStart(string executionId) : Scheduled
{
    public string ExecutionId { get; } = executionId;

    public bool Forgotten { get; set; }

    /// <summary>Gets or sets when it is due again, if it was queued again while in flight.</summary>
    public TimeSpan? AgainAt { get; set; }
}
