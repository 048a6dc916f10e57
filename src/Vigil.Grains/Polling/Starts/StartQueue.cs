namespace Vigil.Grains.Polling.Starts;

/// <summary>The queued starts of a connection, limited by the number of running runs, by the request rate and by how
/// the platform answers. Guarded by the connection's lock.</summary>
internal sealed class StartQueue(ConnectionScope scope)
{
    private readonly DueHeap _waiting = new();
    private readonly StartBreaker _breaker = new(scope);
    private readonly Dictionary<string, QueuedStart> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueuedStart> _busy = new(StringComparer.Ordinal);
    private TaskCompletionSource? _idle;

    public int Count => _queued.Count;

    /// <summary>Gets why starts wait for the platform, and until when; null if they do not.</summary>
    public StartsWait? Wait => _breaker.Wait;

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

        if (!_breaker.Allows(_busy.Count, now, out wait))
        {
            wait = wait > TimeSpan.Zero ? wait : TimeSpan.MaxValue;
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
        _breaker.Take(next);
        return next;
    }

    /// <summary>Returns whether this start tries the platform for all that wait.</summary>
    public bool IsTrial(QueuedStart start) => _breaker.IsTrial(start);

    /// <summary>Records what became of a request: an error if it is not known whether anything was started.</summary>
    public void Answer(QueuedStart start, PlatformError? unclear) => _breaker.Answer(start, unclear);

    /// <summary>Puts a start back for which nothing was claimed, because the platform is silent.</summary>
    public void PutBack(QueuedStart start, PlatformError silence)
    {
        _breaker.Answer(start, silence);
        start.AgainAt = start.Forgotten ? null : start.AgainAt ?? scope.Clock.Now;
    }

    /// <summary>Frees the slot of a start whose outcome the grain has recorded.</summary>
    public void End(QueuedStart start)
    {
        _busy.Remove(start.ExecutionId);
        _breaker.End(start);
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
