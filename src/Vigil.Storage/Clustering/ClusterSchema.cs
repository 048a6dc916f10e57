using Npgsql;
using Vigil.Storage.Postgres;

namespace Vigil.Storage.Clustering;

/// <summary>Creates the cluster membership tables before the silo joins the cluster.</summary>
/// <param name="connectionString">The connection string of the membership database.</param>
public sealed class ClusterSchema(string connectionString)
{
    // Of silos that start at the same time, the first creates the tables and the others wait. The key begins with "X", unlike the store's locks.
    private const string Lock = "SELECT pg_advisory_xact_lock(88::bigint << 56);";

    private string? _database;

    /// <summary>Gets the database's own id, which does not depend on how it is reached. Available once the tables have been created.</summary>
    public string Database => _database ?? throw new InvalidOperationException("The cluster's tables have not been created yet.");

    /// <summary>Creates the tables that do not exist yet.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
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
            throw PostgresErrors.Of(error, $"{new PostgresSettings { ConnectionString = connectionString }.Name} (cluster membership)");
        }
    }
}
