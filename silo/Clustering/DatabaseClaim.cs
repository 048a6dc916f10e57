using Npgsql;
using Vigil.Storage;

namespace Vigil.Silo.Clustering;

/// <summary>
/// Keeps silos that do not know of each other from watching the same executions: one that is alone claims the store's database for itself, the
/// members of a cluster claim it together. It guards against a mistake in the configuration, so it is made sure of at the start alone.
/// </summary>
/// <param name="connectionString">How the store's database is reached.</param>
/// <param name="isClustered">Whether this silo is one of several.</param>
internal sealed class DatabaseClaim(string connectionString, bool isClustered) : IHostedLifecycleService, IAsyncDisposable
{
    // Long enough for the server to notice that the silo before, whose place this one takes, is dead. The key is "Y", apart from others of Vigil.
    private const string Patience = "SET lock_timeout = '10s';";
    private const string Key = "(89::bigint << 56)";

    private readonly NpgsqlConnectionStringBuilder _parts = new(connectionString) { Pooling = false, ApplicationName = "vigil claim" };
    private NpgsqlConnection? _connection;

    private string Database => $"PostgreSQL at {_parts.Host}:{_parts.Port}, database '{_parts.Database ?? _parts.Username}'";

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _connection = new(_parts.ToString());
        try
        {
            await _connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand($"{Patience} SELECT pg_advisory_lock{(isClustered ? "_shared" : "")}{Key}", _connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new StoreException(
                $"{Database} is in use by a silo that is in no cluster with this one. Set Vigil:Clustering for all of them, or give each its own database.");
        }
        catch (NpgsqlException error)
        {
            throw new StoreException(
                $"{Database} failed: {(error is PostgresException server ? $"{server.MessageText} ({server.SqlState})" : (error.InnerException ?? error).Message)}");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }
}
