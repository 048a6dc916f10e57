namespace Vigil.Storage.Writing;

/// <summary>
/// Group commit: one thread takes all writes that were queued during the previous commit, executes them in one transaction and publishes the result
/// of each. The longer a commit takes, the more writes share the next one.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Queue<QueuedWrite> _waiting = new();
    private readonly IWriteExecutor _executor;
    private readonly WriteQueueLimits _limits;
    private readonly IWriteHook? _hook;
    private readonly StoreHealth? _health;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<QueuedWrite> _taken = [];
    private int _waitingRows;
    private long _waitingBytes;
    private string? _closed;

    public WriteQueue(IWriteExecutor executor, WriteQueueLimits limits, IWriteHook? hook, StoreHealth? health = null, bool ownThread = true)
    {
        _executor = executor;
        _limits = limits;
        _hook = hook;
        _health = health;
        health?.ProbeWith(() => EnqueueAsync(new Probe()));
        if (ownThread)
        {
            // Commits block, and a busy thread pool must not delay the writer.
            new Thread(Run) { IsBackground = true, Name = "vigil-store-writer" }.Start();
        }
        else
        {
            _ended.SetResult();
        }
    }

    /// <summary>Queues a write and returns a task of its result.</summary>
    public Task<TResult> EnqueueAsync<TResult>(QueuedWrite<TResult> write)
    {
        lock (_gate)
        {
            if ((_closed ?? OverloadError(write)) is { } refusal)
            {
                return Task.FromException<TResult>(new StoreException(refusal));
            }

            _waiting.Enqueue(write);
            _waitingRows += write.Rows;
            _waitingBytes += write.Bytes;
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
        }

        return write.Answered;
    }

    /// <summary>Executes the next transaction on the caller's thread, if the queue has no thread; false if nothing is queued or the queue has failed.</summary>
    public bool CommitNext() => TryCommit(waits: false);

    /// <summary>Rejects further writes, executes the queued ones and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed ??= "The store is closed.";
            Monitor.Pulse(_gate);
        }

        await _ended.Task;
    }

    private string? OverloadError(QueuedWrite write) =>
        _waiting.Count > 0 && (_waitingRows + write.Rows > _limits.WaitingRows || _waitingBytes + write.Bytes > _limits.WaitingBytes)
            ? $"The store is busy: {_waitingRows} rows wait to be written."
            : null;

    private void Run()
    {
        try
        {
            while (TryCommit(waits: true))
            {
            }
        }
        finally
        {
            _executor.Dispose();
            _ended.SetResult();
        }
    }

    private bool TryCommit(bool waits)
    {
        try
        {
            _taken = Take(waits);
            if (_taken.Count > 0)
            {
                Execute(_taken);
            }

            return _taken.Count > 0;
        }
        catch (Exception error)
        {
            FailAll(error is HookException ? error.Message : $"The write queue failed: {error.Message}");
            return false;
        }
    }

    private List<QueuedWrite> Take(bool waits)
    {
        List<QueuedWrite> writes = [];
        lock (_gate)
        {
            while (waits && _waiting.Count == 0 && _closed is null)
            {
                Monitor.Wait(_gate);
            }

            int rows = 0;
            long bytes = 0;
            while (_waiting.TryPeek(out var write)
                && (writes.Count == 0 || (rows + write.Rows <= _limits.TransactionRows && bytes + write.Bytes <= _limits.TransactionBytes)))
            {
                rows += write.Rows;
                bytes += write.Bytes;
                writes.Add(_waiting.Dequeue());
            }

            _waitingRows -= rows;
            _waitingBytes -= bytes;
        }

        return writes;
    }

    private void Execute(List<QueuedWrite> writes)
    {
        try
        {
            Reached(WritePoint.Gathered);
            _executor.Execute(writes, Reached);
            Reached(WritePoint.AfterCommit);
        }
        catch (StoreException error)
        {
            // Before the writers are told, so that all of them can know why.
            _health?.Fail(writes.Count, error.Message);
            writes.ForEach(write => write.Fail(error));
            return;
        }
        catch (Exception error) when (error is not HookException)
        {
            ExecuteSeparately(writes, error);
            return;
        }

        _executor.Committed();
        if (writes.Exists(static write => write is WriteState or Probe))
        {
            _health?.Succeed();
        }

        writes.ForEach(write => write.Answer());
    }

    /// <summary>Gives each write its own transaction, so that one that cannot be executed does not fail the others.</summary>
    private void ExecuteSeparately(List<QueuedWrite> writes, Exception error)
    {
        if (writes is [var single])
        {
            single.Fail(new StoreException($"The write could not be executed: {error.Message}", error));
            return;
        }

        foreach (var write in writes)
        {
            Execute([write]);
        }
    }

    private void FailAll(string reason)
    {
        lock (_gate)
        {
            _closed = reason;
            _health?.Fail(_taken.Count + _waiting.Count, reason);
            var error = new StoreException(reason);
            _taken.ForEach(write => write.Fail(error));
            while (_waiting.TryDequeue(out var write))
            {
                write.Fail(error);
            }
        }
    }

    private void Reached(WritePoint point)
    {
        try
        {
            _hook?.Reached(point);
        }
        catch (Exception error) when (error is not StoreException)
        {
            throw new HookException(error);
        }
    }

    private sealed class HookException(Exception inner) : Exception("The write queue was stopped by its test hook.", inner);
}

/// <summary>The limits of a transaction and of the queue.</summary>
internal sealed record WriteQueueLimits
{
    /// <summary>Gets the maximum number of rows in a transaction. A larger write gets its own transaction.</summary>
    public int TransactionRows { get; init; } = 500;

    public long TransactionBytes { get; init; } = 8 << 20;

    /// <summary>Gets the maximum number of queued rows; further writes fail at once.</summary>
    public int WaitingRows { get; init; } = 100_000;

    public long WaitingBytes { get; init; } = 256 << 20;
}
