using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>Migrates a database to the current schema in one transaction. A migration only adds; what the previous version needs may be removed by a later one.</summary>
internal static class PostgresSchema
{
    // Of silos that start at the same time, the first migrates and the others wait. The key begins with "W", unlike the event locks.
    private const string Lock = "SELECT pg_advisory_xact_lock(87::bigint << 56)";

    // Merges the counters of earlier stores into rows with a new, unique store id. It waits for no lock: rows that are being changed are left for a later
    // start, and two silos that merge at the same time get disjoint rows. A store that is still running counts on in a new row of its own.
    private const string FoldCountersSql =
        """
        WITH idle AS (
            SELECT store, status FROM vigil.counters FOR UPDATE SKIP LOCKED
        ), folded AS (
            DELETE FROM vigil.counters c USING idle WHERE c.store = idle.store AND c.status = idle.status RETURNING c.status, c.count
        )
        INSERT INTO vigil.counters (store, status, count) SELECT $1, status, sum(count) FROM folded GROUP BY status HAVING sum(count) <> 0
        """;

    /// <summary>Gets the migrations in order; a database with the first n has version n.</summary>
    public static ImmutableArray<string> Migrations { get; } = SchemaScripts.Read("Postgres");

    /// <summary>Runs the migrations that the database lacks.</summary>
    /// <exception cref="StoreException">The database has a newer schema, or its schema 'vigil' is not Vigil's.</exception>
    public static async Task MigrateAsync(NpgsqlConnection connection, string database, ImmutableArray<string> migrations, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(Lock, cancellationToken);
        if (await connection.ScalarAsync("SHOW server_encoding", cancellationToken) is not "UTF8" and var encoding)
        {
            throw new StoreException($"{database} has the encoding {encoding}, but Vigil needs UTF8.");
        }

        var version = await ReadVersionAsync(connection, database, cancellationToken);
        if (version > migrations.Length)
        {
            throw new StoreException(
                $"{database} has schema {version}, but this program knows only schemas up to {migrations.Length}. Use a newer version of Vigil.");
        }

        foreach (var migration in migrations.Skip(version))
        {
            await connection.ExecuteAsync(migration, cancellationToken);
        }

        await connection.ExecuteAsync($"UPDATE vigil.schema_version SET version = {migrations.Length} WHERE version <> {migrations.Length}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Merges the counters of earlier stores. It is a single message, so a process that is stopped here holds no locks.</summary>
    public static Task FoldCountersAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(FoldCountersSql, cancellationToken, PostgresValues.Text(Guid.NewGuid().ToString("N")));

    private static async Task<int> ReadVersionAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("SELECT to_regclass('vigil.schema_version')::text", cancellationToken) is not null)
        {
            return (int)(await connection.ScalarAsync("SELECT version FROM vigil.schema_version", cancellationToken))!;
        }

        // An empty schema may have been created for Vigil.
        if (await connection.ScalarAsync("SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('vigil') LIMIT 1", cancellationToken) is { } found)
        {
            throw new StoreException($"{database} has a schema 'vigil' that is not Vigil's: it holds '{found}'.");
        }

        var schemaExists = await connection.ScalarAsync("SELECT to_regnamespace('vigil')::text", cancellationToken) is not null;
        await connection.ExecuteAsync(
            (schemaExists ? "" : "CREATE SCHEMA vigil;") + "CREATE TABLE vigil.schema_version (version integer NOT NULL); INSERT INTO vigil.schema_version VALUES (0);",
            cancellationToken);
        return 0;
    }
}
