using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>The statements that read, apart from the list and the events.</summary>
internal static class PostgresReads
{
    // Skips from owner to owner, so that it costs nothing where there is no orphan, however many rows are live.
    private const string OrphansSql =
        """
        WITH RECURSIVE owners AS (
            SELECT (SELECT min(owner) FROM vigil.executions WHERE live) AS owner
            UNION ALL
            SELECT (SELECT min(e.owner) FROM vigil.executions e WHERE e.live AND e.owner > o.owner) FROM owners o WHERE o.owner IS NOT NULL
        )
        SELECT e.id, e.connection, e.owner
        FROM (SELECT owner FROM owners WHERE owner IS NOT NULL AND owner <> ALL ($1)) AS gone
        CROSS JOIN LATERAL (
            SELECT id, connection, owner FROM vigil.executions WHERE live AND owner = gone.owner AND id > $2 ORDER BY id LIMIT $3) AS e
        ORDER BY e.id LIMIT $3
        """;

    // One statement, so that the state and its steps are of one moment.
    private const string ExecutionSql =
        """
        SELECT id, json, etag, (SELECT array_agg(s.json ORDER BY s.place) FROM vigil.step_summaries s WHERE s.execution_id = e.id)
        FROM vigil.executions e WHERE id = $1
        """;

    public static Task<StoredState?> StateAsync(NpgsqlConnection connection, StateKey key, CancellationToken cancellationToken) =>
        key.Kind == StateKind.Execution
            ? connection.FirstAsync(ExecutionSql, Execution, cancellationToken, Text(key.Id))
            : connection.FirstAsync(
                "SELECT id, json, etag FROM vigil.steps WHERE id = $1", State, cancellationToken, Text(key.Id));

    public static Task<ImmutableArray<StoredState>> StepsAsync(NpgsqlConnection connection, ImmutableArray<string> ids, CancellationToken cancellationToken) =>
        connection.AllAsync("SELECT id, json, etag FROM vigil.steps WHERE id = ANY ($1)", State, cancellationToken, Texts(ids));

    public static async Task<ImmutableDictionary<string, long>> StepVersionsAsync(
        NpgsqlConnection connection, string executionId, CancellationToken cancellationToken)
    {
        var versions = await connection.AllAsync(
            "SELECT id, version FROM vigil.steps WHERE execution_id = $1",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)),
            cancellationToken,
            Text(executionId));
        return versions.ToImmutableDictionary();
    }

    public static Task<string?> WatcherAsync(NpgsqlConnection connection, string of, string remoteId, CancellationToken cancellationToken) =>
        connection.FirstAsync(
            "SELECT id FROM vigil.executions WHERE connection = $1 AND remote_id = $2", row => row.GetString(0), cancellationToken, Text(of), Text(remoteId));

    public static Task<string?> PayloadAsync(NpgsqlConnection connection, string executionId, string name, CancellationToken cancellationToken) =>
        connection.FirstAsync(
            "SELECT body FROM vigil.payloads WHERE execution_id = $1 AND name = $2", row => row.GetString(0), cancellationToken, Text(executionId), Text(name));

    public static Task<ImmutableArray<LiveRow>> LiveAsync(
        NpgsqlConnection connection, string owner, string? afterId, int limit, CancellationToken cancellationToken) => connection.AllAsync(
        "SELECT id, connection, owner FROM vigil.executions WHERE live AND owner = $1 AND id > $2 ORDER BY id LIMIT $3",
        Live,
        cancellationToken,
        Text(owner),
        Text(afterId ?? ""),
        Number(limit));

    public static Task<ImmutableArray<LiveRow>> OrphansAsync(
        NpgsqlConnection connection, ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken) =>
        connection.AllAsync(OrphansSql, Live, cancellationToken, Texts(owners), Text(afterId ?? ""), Number(limit));

    public static async Task<ImmutableDictionary<ExecutionStatus, long>> CountsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var counts = await connection.AllAsync(
            "SELECT status, sum(count)::bigint FROM vigil.counters GROUP BY status HAVING sum(count) <> 0",
            row => KeyValuePair.Create((ExecutionStatus)row.GetInt32(0), row.GetInt64(1)),
            cancellationToken);
        return counts.ToImmutableDictionary();
    }

    private static StoredState Execution(NpgsqlDataReader row) => row.IsDBNull(3)
        ? State(row)
        : State(row) with { Json = StoreValues.WithSteps(row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[][]>(3)) };

    private static LiveRow Live(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2) is { Length: > 0 } owner ? owner : null);
}
