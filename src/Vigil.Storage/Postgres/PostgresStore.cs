using Npgsql;
using Vigil.Storage.Writing;

namespace Vigil.Storage.Postgres;

/// <summary>A store in a PostgreSQL database, for any number of processes.</summary>
internal sealed class PostgresStore(PostgresSettings settings) : IVigilStore
{
    private readonly SemaphoreSlim _opening = new(1);
    private readonly PostgresReaders _readers = new(settings);
    private WriteQueue? _queue;
    private PostgresEventTail? _tail;
    private PostgresStalledWriters? _stalled;
    private bool _disposed;

    private WriteQueue Queue => _queue ?? throw NotOpen();

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_queue is null)
            {
                var head = await _readers.ReadAsync(PrepareAsync, cancellationToken);
                _tail = new(head, cancel => _readers.ReadAsync(PostgresEvents.ReadHeadAsync, cancel), settings.Time, settings.OthersInterval);
                _stalled = new(_readers, settings);
                _queue = new(new PostgresWriter(settings, _tail), settings.Limits, settings.Hook);
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    public Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, cancel) => PostgresReads.StateAsync(connection, key, cancel), cancellationToken);

    public Task<string> WriteAsync(StateWrite write)
    {
        ArgumentException.ThrowIfNullOrEmpty(write.Id);
        return Queue.EnqueueAsync(new WriteState(write));
    }

    public Task ClearAsync(StateKey key, string? expectedETag) => Queue.EnqueueAsync(new ClearState(key, expectedETag));

    public Task<string?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) =>
        ReadAsync((session, cancel) => PostgresReads.WatcherAsync(session, connection, remoteId, cancel), cancellationToken);

    public Task<ExecutionPage> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, RequestLimits.MaxPageSize);
        var cursor = PageCursor.Of(query);
        return ReadAsync((connection, cancel) => PostgresList.ReadAsync(connection, query, cursor, cancel), cancellationToken);
    }

    public Task<ImmutableArray<StoredState>> ReadStepsAsync(ImmutableArray<string> ids, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, cancel) => PostgresReads.StepsAsync(connection, ids, cancel), cancellationToken);

    public Task<ImmutableDictionary<string, long>> ReadStepVersionsAsync(string executionId, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, cancel) => PostgresReads.StepVersionsAsync(connection, executionId, cancel), cancellationToken);

    public Task<string?> ReadPayloadAsync(string executionId, string name, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, cancel) => PostgresReads.PayloadAsync(connection, executionId, name, cancel), cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadLiveAsync(string owner, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, cancel) => PostgresReads.LiveAsync(connection, owner, afterId, limit, cancel), cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadOrphansAsync(
        ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, cancel) => PostgresReads.OrphansAsync(connection, owners, afterId, limit, cancel), cancellationToken);

    public async Task SetOwnerAsync(ImmutableArray<string> executionIds, string owner)
    {
        // One after the other: a silo that takes over very many must not crowd out everybody else's writes.
        foreach (var some in executionIds.Chunk(settings.Limits.TransactionRows))
        {
            await Queue.EnqueueAsync(new SetOwner([.. some], owner));
        }
    }

    public Task<ImmutableDictionary<ExecutionStatus, long>> CountByStatusAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(PostgresReads.CountsAsync, cancellationToken);

    public Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default) => ReadAsync(PostgresEvents.ReadHeadAsync, cancellationToken);

    public async Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default)
    {
        var events = await ReadAsync((connection, cancel) => PostgresEvents.ReadAsync(connection, afterSeq, limit, cancel), cancellationToken);
        if (events.IsEmpty)
        {
            _tail!.FoundNothingAfter(afterSeq);
        }

        return events;
    }

    public Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken) => (_tail ?? throw NotOpen()).WaitAsync(afterSeq, cancellationToken);

    public Task<ImmutableArray<StoredDelivery>> LeaseDeliveriesAsync(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit) =>
        Queue.EnqueueAsync(new LeaseDeliveries(worker, now, leaseUntil, limit));

    public Task SettleDeliveriesAsync(ImmutableArray<DeliveryOutcome> outcomes) => Queue.EnqueueAsync(new SettleDeliveries(outcomes));

    public Task<StoredReminder?> ReadReminderAsync(string grainId, string name) =>
        ReadAsync((connection, cancel) => PostgresReminders.ReadAsync(connection, grainId, name, cancel), CancellationToken.None);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId) =>
        ReadAsync((connection, cancel) => PostgresReminders.ReadAsync(connection, grainId, cancel), CancellationToken.None);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(uint begin, uint end) =>
        ReadAsync((connection, cancel) => PostgresReminders.ReadAsync(connection, begin, end, cancel), CancellationToken.None);

    public Task<string> PutReminderAsync(StoredReminder reminder) => Queue.EnqueueAsync(new PutReminder(reminder));

    public Task<bool> RemoveReminderAsync(string grainId, string name, string etag) => Queue.EnqueueAsync(new RemoveReminder(grainId, name, etag));

    public Task ClearRemindersAsync() => Queue.EnqueueAsync(new ClearReminders());

    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync();
        try
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_queue is not null)
            {
                await _queue.DisposeAsync();
                await _tail!.DisposeAsync();
                await _stalled!.DisposeAsync();
            }

            await _readers.DisposeAsync();
        }
        finally
        {
            _opening.Release();
        }
    }

    private static InvalidOperationException NotOpen() => new("The store is not open.");

    private async Task<long> PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await PostgresSchema.MigrateAsync(connection, settings.Name, settings.Migrations, cancellationToken);
        await PostgresSchema.FoldCountersAsync(connection, cancellationToken);
        return await PostgresEvents.ReadHeadAsync(connection, cancellationToken);
    }

    private Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        _queue is null ? throw NotOpen() : _readers.ReadAsync(read, cancellationToken);
}
