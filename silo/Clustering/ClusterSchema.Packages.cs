using Npgsql;
using Vigil.Storage;

namespace Vigil.Silo.Clustering;

/// <summary>Makes the tables where silos meet, before this one looks for others.</summary>
/// <param name="connectionString">How the database is reached.</param>
internal sealed class ClusterSchema(string connectionString) : IHostedLifecycleService
{
    // Several silos start at once; the others wait until the first has done it. The key is "X", apart from those of the store.
    private const string Lock = "SELECT pg_advisory_xact_lock(88::bigint << 56);";

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        try
        {
            await using var connection = new NpgsqlConnection(parts.ToString());
            await connection.OpenAsync(cancellationToken);

            // The script names no values; without parameters an @ in it is text.
            await using var command = new NpgsqlCommand(Lock + ReadScript(), connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException error)
        {
            var reason = error is PostgresException server ? $"{server.MessageText} ({server.SqlState})" : (error.InnerException ?? error).Message;
            throw new StoreException($"Silos cannot meet in PostgreSQL at {parts.Host}:{parts.Port}, database '{parts.Database ?? parts.Username}': {reason}.");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string ReadScript()
    {
        using var reader = new StreamReader(typeof(ClusterSchema).Assembly.GetManifestResourceStream("cluster.sql")!);
        return reader.ReadToEnd();
    }
}
