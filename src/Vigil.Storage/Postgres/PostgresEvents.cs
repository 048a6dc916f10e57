using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Reads events in order although their transactions commit in any order. A transaction that appends events first takes a shared advisory lock, without
/// waiting, whose key contains the last number assigned so far; all its events will have higher numbers. Readers stop at the lowest such key. Other
/// programs' transactions do not block readers.
/// </summary>
internal static class PostgresEvents
{
    /// <summary>Takes the lock; must be the first statement of a transaction that appends events. The key is "V" followed by the number.</summary>
    public const string AnnounceSql = "SELECT pg_advisory_xact_lock_shared((86::bigint << 56) | last_value) FROM vigil.event_seq";

    private const string LastSql = "SELECT last_value FROM vigil.event_seq";

    private const string FloorSql =
        """
        SELECT min(((classid::bigint & 16777215) << 32) | objid::bigint) FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND classid::bigint >> 24 = 86
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;

    /// <summary>
    /// Returns the number up to which no further events can appear. The last number is read before the locks: a transaction with a number up to it
    /// either still holds its lock or has ended. Both are read before the events, so that their query sees all transactions that have ended.
    /// </summary>
    public static async Task<long> ReadBoundAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new(LastSql));
        batch.BatchCommands.Add(new(FloorSql));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var last = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.IsDBNull(0) ? last : Math.Min(last, reader.GetInt64(0));
    }

    public static Task<ImmutableArray<StoredEvent>> ReadAsync(
        NpgsqlConnection connection, long afterSeq, long bound, int limit, CancellationToken cancellationToken) => connection.AllAsync(
        "SELECT seq, execution_id, attempt, version, type, at, execution_json FROM vigil.events WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
        StoreRows.Event,
        cancellationToken,
        Number(afterSeq),
        Number(bound),
        Number(limit));

    public static async Task<ImmutableArray<StoredEvent>> ReadAsync(
        NpgsqlConnection connection, long afterSeq, int limit, CancellationToken cancellationToken) =>
        await ReadAsync(connection, afterSeq, await ReadBoundAsync(connection, cancellationToken), limit, cancellationToken);

    /// <summary>Returns the number of the last event that can be read; 0 if there is none.</summary>
    public static async Task<long> ReadHeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var bound = await ReadBoundAsync(connection, cancellationToken);
        var head = await connection.AllAsync(
            "SELECT coalesce(max(seq), 0) FROM vigil.events WHERE seq <= $1", row => row.GetInt64(0), cancellationToken, Number(bound));
        return head[0];
    }

    /// <summary>Reads the events of one execution. Its writes follow each other, so they need no bound.</summary>
    public static Task<ImmutableArray<StoredEvent>> ReadAsync(
        NpgsqlConnection connection, string executionId, long afterVersion, long afterSeq, int limit, CancellationToken cancellationToken) => connection.AllAsync(
        """
        SELECT seq, execution_id, attempt, version, type, at, execution_json FROM vigil.events
        WHERE execution_id = $1 AND version > $2 AND seq > $3 ORDER BY version LIMIT $4
        """,
        StoreRows.Event,
        cancellationToken,
        Text(executionId),
        Number(afterVersion),
        Number(afterSeq),
        Number(limit));

    /// <summary>Returns the last number that was given to an event.</summary>
    public static async Task<long> ReadLastAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.AllAsync(LastSql, row => row.GetInt64(0), cancellationToken))[0];
}
