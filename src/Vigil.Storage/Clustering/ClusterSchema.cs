using Npgsql;
using Vigil.Storage.Postgres;

namespace Vigil.Storage.Clustering;

/// <summary>Makes the tables where silos meet, before this one looks for others.</summary>
/// <param name="connectionString">How the database is reached.</param>
public sealed class ClusterSchema(string connectionString) : BeforeStartService
{
    // Several silos start at once; the others wait until the first has done it. The key is "X", apart from those of the store.
    private const string Lock = "SELECT pg_advisory_xact_lock(88::bigint << 56);";

    private string? _database;

    /// <summary>Gets what the database is called, however it is reached; known when it has its tables.</summary>
    public string Database => _database ?? throw new InvalidOperationException("The cluster's tables are not made yet.");

    /// <inheritdoc />
    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync(Lock + SchemaScripts.ReadOne("cluster.sql"), cancellationToken);
            _database = (string?)await connection.ScalarAsync("SELECT id FROM vigil_cluster.identity", cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Of(error, $"{new PostgresSettings { ConnectionString = connectionString }.Name}, where silos meet,");
        }
    }
}
