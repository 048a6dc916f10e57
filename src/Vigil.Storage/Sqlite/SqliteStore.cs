using Microsoft.Data.Sqlite;
using Vigil.Storage.Writing;

namespace Vigil.Storage.Sqlite;

/// <summary>A store in one SQLite file, for one process.</summary>
internal sealed class SqliteStore(SqliteSettings settings) : IVigilStore
{
    // FULL: what was answered survives a power cut. The log is checkpointed every 16 MB, which moves each page once for many changes of it.
    private const string WriterPragmas =
        """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864;
        PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;
        """;

    private readonly SemaphoreSlim _opening = new(1);
    private readonly EventSignal _signal = new();
    private readonly SqliteReaders _readers = new(settings);
    private DataFolderLock? _folder;
    private WriteQueue? _queue;
    private bool _disposed;

    private WriteQueue Queue => _queue ?? throw new InvalidOperationException("The store is not open.");

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_queue is null)
            {
                Open();
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    public Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default) =>
        ReadAsync(session => SqliteReads.State(session, key), cancellationToken);

    public Task<string> WriteAsync(StateWrite write)
    {
        ArgumentException.ThrowIfNullOrEmpty(write.Id);
        return Queue.EnqueueAsync(new WriteState(write));
    }

    public Task ClearAsync(StateKey key, string? expectedETag) => Queue.EnqueueAsync(new ClearState(key, expectedETag));

    public Task<string?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) => ReadAsync(
        session => session.Text(SqliteExecutionRows.FindSql, ("$connection", connection), ("$remote", remoteId)), cancellationToken);

    public Task<ExecutionPage> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, RequestLimits.MaxPageSize);
        var cursor = PageCursor.Of(query);
        return ReadAsync(session => SqliteList.Read(session, query, cursor), cancellationToken);
    }

    public Task<ImmutableArray<StoredState>> ReadStepsAsync(ImmutableArray<string> ids, CancellationToken cancellationToken = default) =>
        ReadAsync(session => SqliteReads.Steps(session, ids), cancellationToken);

    public Task<ImmutableDictionary<string, long>> ReadStepVersionsAsync(string executionId, CancellationToken cancellationToken = default) =>
        ReadAsync(session => SqliteReads.StepVersions(session, executionId), cancellationToken);

    public Task<string?> ReadPayloadAsync(string executionId, string name, CancellationToken cancellationToken = default) => ReadAsync(
        session => session.Text(
            "SELECT body FROM payloads WHERE execution_id = $execution AND name = $name", ("$execution", executionId), ("$name", name)),
        cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadLiveAsync(string owner, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(session => SqliteReads.Live(session, owner, afterId, limit), cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadOrphansAsync(
        ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(session => SqliteReads.Orphans(session, owners, afterId, limit), cancellationToken);

    public async Task SetOwnerAsync(ImmutableArray<string> executionIds, string owner)
    {
        // One after the other: a silo that takes over very many must not crowd out everybody else's writes.
        foreach (var some in executionIds.Chunk(settings.Limits.TransactionRows))
        {
            await Queue.EnqueueAsync(new SetOwner([.. some], owner));
        }
    }

    public Task<ImmutableDictionary<ExecutionStatus, long>> CountByStatusAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(SqliteReads.Counts, cancellationToken);

    public Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default) => ReadAsync(SqliteReads.EventHead, cancellationToken);

    public Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(session => SqliteReads.Events(session, afterSeq, limit), cancellationToken);

    public Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken) => _signal.WaitAsync(afterSeq, cancellationToken);

    public Task<ImmutableArray<StoredDelivery>> LeaseDeliveriesAsync(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit) =>
        Queue.EnqueueAsync(new LeaseDeliveries(worker, now, leaseUntil, limit));

    public Task SettleDeliveriesAsync(ImmutableArray<DeliveryOutcome> outcomes) => Queue.EnqueueAsync(new SettleDeliveries(outcomes));

    public Task<StoredReminder?> ReadReminderAsync(string grainId, string name) =>
        ReadAsync(session => SqliteReminders.Read(session, grainId, name), CancellationToken.None);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId) =>
        ReadAsync(session => SqliteReminders.Read(session, grainId), CancellationToken.None);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(uint begin, uint end) =>
        ReadAsync(session => SqliteReminders.Read(session, begin, end), CancellationToken.None);

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
                await _readers.DisposeAsync();
                await _queue.DisposeAsync();
            }

            _folder?.Dispose();
        }
        finally
        {
            _opening.Release();
        }
    }

    private Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken) =>
        _queue is null ? throw new InvalidOperationException("The store is not open.") : _readers.ReadAsync(read, cancellationToken);

    private void Open()
    {
        _folder = DataFolderLock.Take(settings.DataFolder);
        SqliteSession? session = null;
        try
        {
            session = new(settings.Path, settings.BusyTimeout, WriterPragmas);
            SqliteSchema.Migrate(session, settings.Path, settings.Migrations);
            if (settings.MaxPages is { } pages)
            {
                session.Script($"PRAGMA max_page_count = {pages}");
            }

            var isAnyLeased = SqliteDeliveryWriter.IsAnyLeased(session);
            _signal.Advance(SqliteReads.EventHead(session));
            _queue = new(new SqliteWriter(session, settings, _signal), settings.Limits, settings.Hook);
            if (isAnyLeased)
            {
                _ = ReleaseAsync(_queue);
            }
        }
        catch (Exception error)
        {
            session?.Dispose();
            _folder.Dispose();
            _folder = null;
            if (error is SqliteException failure)
            {
                throw SqliteErrors.Of(failure, settings.Path);
            }

            throw;
        }
    }

    /// <summary>Makes due what is leased to the process before, which is gone: this one has the database to itself. Nobody can lease before it.</summary>
    private static async Task ReleaseAsync(WriteQueue queue)
    {
        try
        {
            await queue.EnqueueAsync(new ReleaseDeliveries());
        }
        catch (StoreException)
        {
            // The leases run out by themselves, so a database that cannot be written now is no reason not to start.
        }
    }
}
