using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>A few connections for reading.</summary>
internal sealed class PostgresReaders(PostgresSettings settings) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = settings.CreateReaders();
    private volatile bool _closed;

    /// <summary>
    /// Runs a read, a second time where the connection broke: it may have been broken for long, and reading twice does no harm. A server or a pool
    /// that has too much to do is not asked again.
    /// </summary>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
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
            catch (NpgsqlException error) when (!again && IsBroken(error))
            {
                // One broken connection is seldom alone: those of a server that was started again all are.
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
