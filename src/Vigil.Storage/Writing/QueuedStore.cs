namespace Vigil.Storage.Writing;

/// <summary>The part of a store that is the same for every database: opening, closing and queueing writes.</summary>
internal abstract class QueuedStore(WriteQueueLimits limits) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private WriteQueue? _queue;
    private bool _disposed;

    private WriteQueue Queue => _queue ?? throw new InvalidOperationException("The store is not open.");

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _queue ??= await StartAsync(cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    public Task<string> WriteAsync(StateWrite write)
    {
        ArgumentException.ThrowIfNullOrEmpty(write.Id);
        return Queue.EnqueueAsync(new WriteState(write));
    }

    public async Task SetOwnerAsync(ImmutableArray<string> executionIds, string owner)
    {
        // Each chunk waits for the previous one, so that a silo that takes over very many executions does not crowd out other writes.
        foreach (var ids in executionIds.Chunk(limits.TransactionRows))
        {
            await Queue.EnqueueAsync(new SetOwner([.. ids], owner));
        }
    }

    public Task<ExecutionPage> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        if (RequestLimits.Check(query) is [var error, ..])
        {
            throw new ArgumentOutOfRangeException(nameof(query), $"{error.Field} {error.Message}");
        }

        return ListAsync(query, PageCursor.Of(query), cancellationToken);
    }

    public Task<ImmutableArray<StoredDelivery>> LeaseDeliveriesAsync(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit) =>
        Queue.EnqueueAsync(new LeaseDeliveries(worker, now, leaseUntil, limit));

    public Task SettleDeliveriesAsync(ImmutableArray<DeliveryOutcome> outcomes) => Queue.EnqueueAsync(new SettleDeliveries(outcomes));

    public Task<string> PutReminderAsync(StoredReminder reminder) => Queue.EnqueueAsync(new PutReminder(reminder));

    public Task<bool> RemoveReminderAsync(string grainId, string name, string etag) => Queue.EnqueueAsync(new RemoveReminder(grainId, name, etag));

    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync();
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                await StopAsync(_queue);
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Opens the database and starts its write queue.</summary>
    protected abstract Task<WriteQueue> StartAsync(CancellationToken cancellationToken);

    /// <summary>Closes the queue, if it was started, and the database.</summary>
    protected abstract ValueTask StopAsync(WriteQueue? queue);

    protected abstract Task<ExecutionPage> ListAsync(ExecutionQuery query, PageCursor? cursor, CancellationToken cancellationToken);

    protected void ThrowIfNotOpen() => _ = Queue;
}
