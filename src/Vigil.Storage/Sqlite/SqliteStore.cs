using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>A store in a SQLite file, which only one process can use at a time.</summary>
internal sealed partial class SqliteStore(SqliteSettings settings) : QueuedStore(settings.Limits), IVigilStore
{
    // FULL: committed writes survive a power cut. A checkpoint every 16 MB copies a page once for many changes of it.
    private const string WriterPragmas =
        """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864;
        PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;
        """;

    private readonly EventSignal _signal = new();
    private DataFolderLock? _folder;
    private SqliteFile? _file;
    private SqliteReaders? _readers;

    public Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken) => _signal.WaitAsync(afterSeq, cancellationToken);

    protected override Task<WriteQueue> StartAsync(CancellationToken cancellationToken) => Task.FromResult(Open());

    protected override async ValueTask StopAsync(WriteQueue? queue)
    {
        if (queue is not null)
        {
            await _readers!.DisposeAsync();
            await queue.DisposeAsync();
            await _file!.DisposeAsync();
            _folder!.Dispose();
        }
    }

    private WriteQueue Open()
    {
        _folder = DataFolderLock.Take(settings.DataFolder);
        SqliteSession? session = null;
        try
        {
            SqliteFile.Prepare(settings.Path);
            session = new(settings.Path, settings.BusyTimeout, WriterPragmas);
            SqliteSchema.Migrate(session, settings.Path, settings.Migrations);
            if (settings.MaxPages is { } pages)
            {
                session.Script($"PRAGMA max_page_count = {pages}");
            }

            var isAnyLeased = SqliteDeliveryWriter.IsAnyLeased(session);
            _signal.Advance(EventHead(session));
            _file = new(settings);
            _readers = new(settings, _file);
            _file.Watch(cancel => _readers.ReadAsync(static session => session.All("PRAGMA wal_checkpoint(PASSIVE)", static row => row.GetInt32(0)), cancel));
            var queue = new WriteQueue(new SqliteWriter(session, settings, _signal, _file), settings.Limits, settings.Hook, settings.Health);
            if (isAnyLeased)
            {
                _ = ReleaseAsync(queue);
            }

            return queue;
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

    /// <summary>Releases the leases of the previous process, which has ended, since only one process can use the database. It is the first write.</summary>
    private static async Task ReleaseAsync(WriteQueue queue)
    {
        try
        {
            await queue.EnqueueAsync(new ReleaseDeliveries());
        }
        catch (StoreException)
        {
            // The leases expire by themselves, so a failed write must not prevent the start.
        }
    }
}
