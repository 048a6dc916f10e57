using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>The pool of connections for reads. They see only committed data and never wait for the writer.</summary>
internal sealed class SqliteReaders(SqliteSettings settings, SqliteFile file) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(settings.Readers);
    private readonly ConcurrentBag<SqliteSession> _sessions = [];
    private volatile bool _closed;

    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            if (_closed)
            {
                throw new StoreException("The store is closed.");
            }

            file.ThrowIfGone();
            var session = _sessions.TryTake(out var idle) ? idle : Open();
            try
            {
                return read(session);
            }
            finally
            {
                _sessions.Add(session);
            }
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Of(error, settings.Path);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for pending reads and closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (int i = 0; i < settings.Readers; i++)
        {
            await _free.WaitAsync();
        }

        while (_sessions.TryTake(out var session))
        {
            session.Dispose();
        }

        _free.Release(settings.Readers);
    }

    private SqliteSession Open() => new(settings.Path, settings.BusyTimeout, "PRAGMA query_only = ON; PRAGMA cache_size = -8192;");
}
