using Microsoft.Extensions.Hosting;
using Npgsql;
using Vigil.Storage.Postgres;

namespace Vigil.Storage.Clustering;

/// <summary>Makes the tables where silos meet, before this one looks for others.</summary>
/// <param name="connectionString">How the database is reached.</param>
public sealed class ClusterSchema(string connectionString) : IHostedLifecycleService
{
    // Several silos start at once; the others wait until the first has done it. The key is "X", apart from those of the store.
    private const string Lock = "SELECT pg_advisory_xact_lock(88::bigint << 56);";

    private string? _database;

    /// <summary>Gets what the database is called, however it is reached; known when it has its tables.</summary>
    public string Database => _database ?? throw new InvalidOperationException("The cluster's tables are not made yet.");

    /// <inheritdoc />
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
            await connection.OpenAsync(cancellationToken);

            // The script names no values; without parameters an @ in it is text.
            await using var command = new NpgsqlCommand(Lock + ReadScript(), connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            await using var identity = new NpgsqlCommand("SELECT id FROM vigil_cluster.identity", connection);
            _database = (string?)await identity.ExecuteScalarAsync(cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Of(error, $"{new PostgresSettings { ConnectionString = connectionString }.Name}, where silos meet,");
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string ReadScript()
    {
        using var reader = new StreamReader(typeof(ClusterSchema).Assembly.GetManifestResourceStream("cluster.sql")!);
        return reader.ReadToEnd();
    }
}
