namespace Vigil.Storage.Writing;

/// <summary>
/// Group commit: one thread takes all writes that gathered while the commit before was under way, carries them out in one transaction and
/// answers each by itself. The longer a commit takes, the more writes share the next one.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Queue<QueuedWrite> _waiting = new();
    private readonly IWriteExecutor _executor;
    private readonly WriteQueueLimits _limits;
    private readonly IWriteHook? _hook;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<QueuedWrite> _taken = [];
    private int _waitingRows;
    private long _waitingBytes;
    private string? _closed;

    public WriteQueue(IWriteExecutor executor, WriteQueueLimits limits, IWriteHook? hook, bool ownThread = true)
    {
        _executor = executor;
        _limits = limits;
        _hook = hook;
        if (ownThread)
        {
            // Commits block, and a busy thread pool must not keep the one writer waiting.
            new Thread(Run) { IsBackground = true, Name = "vigil-store-writer" }.Start();
        }
        else
        {
            _ended.SetResult();
        }
    }

    /// <summary>Adds a write and returns the answer to come.</summary>
    public Task<TResult> EnqueueAsync<TResult>(QueuedWrite<TResult> write)
    {
        lock (_gate)
        {
            if ((_closed ?? WhyFull(write)) is { } refusal)
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

    /// <summary>
    /// Carries out the next transaction on the caller's thread, where the queue has none of its own; false where nothing waits, or no more is written.
    /// </summary>
    public bool CommitNext() => TryCommit(waits: false);

    /// <summary>Takes no more writes, carries out those that wait, and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed ??= "The store is closed.";
            Monitor.Pulse(_gate);
        }

        await _ended.Task;
    }

    private string? WhyFull(QueuedWrite write) =>
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
            FailAll(error is HookException ? error.Message : $"The write queue broke: {error.Message}");
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
            writes.ForEach(write => write.Fail(error));
            return;
        }
        catch (Exception error) when (error is not HookException)
        {
            CarryApart(writes, error);
            return;
        }

        _executor.Committed();
        writes.ForEach(write => write.Answer());
    }

    /// <summary>One write that cannot be carried out must not fail its neighbours, so each gets a transaction of its own.</summary>
    private void CarryApart(List<QueuedWrite> writes, Exception error)
    {
        if (writes is [var single])
        {
            single.Fail(new StoreException($"The write could not be carried out: {error.Message}", error));
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
        catch (Exception error)
        {
            throw new HookException(error);
        }
    }

    private sealed class HookException(Exception inner) : Exception("The write queue was stopped by its test hook.", inner);
}
