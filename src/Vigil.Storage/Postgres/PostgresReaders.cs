using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>The pool of connections for reads.</summary>
internal sealed class PostgresReaders(PostgresSettings settings) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = settings.CreateReaders();
    private volatile bool _closed;

    /// <summary>
    /// Runs a read, and retries it once if the connection was broken, which may have happened long before. It does not retry after a time-out of the
    /// server or the pool, because they are overloaded.
    /// </summary>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            if (_closed)
            {
                throw new StoreException("The store is closed.");
            }

            try
            {
                await using var connection = await _source.OpenConnectionAsync(cancellationToken);
                return await read(connection, cancellationToken);
            }
            catch (NpgsqlException error) when (!isRetry && IsBroken(error))
            {
                // After a restart of the server, all pooled connections are broken.
                _source.Clear();
            }
            catch (NpgsqlException error)
            {
                throw PostgresErrors.Of(error, settings.Name);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _closed = true;
        return _source.DisposeAsync();
    }

    private static bool IsBroken(NpgsqlException error) =>
        error is not PostgresException { InvariantSeverity: "ERROR" } && error.InnerException is not TimeoutException;
}
