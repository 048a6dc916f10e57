using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>The reads of the store, except for the queries of lists, events and reminders, which have their own files.</summary>
internal sealed partial class PostgresStore
{
    // Skips from owner to owner in the index, so that its cost does not grow with the number of live rows that have a valid owner.
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

    private const string StepSql = "SELECT id, json, etag FROM vigil.steps WHERE id = ANY ($1)";

    // A single statement, so that the state and its steps are consistent.
    private const string ExecutionSql =
        """
        SELECT id, json, etag, (SELECT array_agg(s.json ORDER BY s.place) FROM vigil.step_summaries s WHERE s.execution_id = e.id)
        FROM vigil.executions e WHERE id = ANY ($1)
        """;

    public Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfNotOpen();
        return (key.Kind == StateKind.Execution ? _executions : _steps)!.ReadAsync(key.Id, cancellationToken);
    }

    public Task<string?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) => ReadAsync(
        (session, cancel) => session.FirstAsync(
            "SELECT id FROM vigil.executions WHERE connection = $1 AND remote_id = $2", row => row.GetString(0), cancel, Text(connection), Text(remoteId)),
        cancellationToken);

    public Task<ImmutableDictionary<string, string>> FindByRemoteIdsAsync(
        string connection, ImmutableArray<string> remoteIds, CancellationToken cancellationToken = default) => ReadAsync(
        async (session, cancel) => (await session.AllAsync(
            "SELECT remote_id, id FROM vigil.executions WHERE connection = $1 AND remote_id = ANY ($2)",
            row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
            cancel,
            Text(connection),
            Texts(remoteIds))).ToImmutableDictionary(),
        cancellationToken);

    public Task<ImmutableArray<StoredState>> ReadStepsAsync(ImmutableArray<string> ids, CancellationToken cancellationToken = default) => ReadAsync(
        (connection, cancel) => connection.AllAsync(StepSql, StoreRows.State, cancel, Texts(ids)),
        cancellationToken);

    public Task<ImmutableDictionary<string, long>> ReadStepVersionsAsync(string executionId, CancellationToken cancellationToken = default) => ReadAsync(
        async (connection, cancel) => (await connection.AllAsync(
            "SELECT id, version FROM vigil.steps WHERE execution_id = $1",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)),
            cancel,
            Text(executionId))).ToImmutableDictionary(),
        cancellationToken);

    public Task<ImmutableDictionary<string, string>> ReadPayloadsAsync(
        string executionId, ImmutableArray<string> names, CancellationToken cancellationToken = default) => ReadAsync(
        async (connection, cancel) => (await connection.AllAsync(
            "SELECT name, body FROM vigil.payloads WHERE execution_id = $1 AND name = ANY ($2)",
            row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
            cancel,
            Text(executionId),
            Texts(names))).ToImmutableDictionary(),
        cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadLiveAsync(string owner, string? afterId, int limit, CancellationToken cancellationToken = default) => ReadAsync(
        (connection, cancel) => connection.AllAsync(
            "SELECT id, connection, owner FROM vigil.executions WHERE live AND owner = $1 AND id > $2 ORDER BY id LIMIT $3",
            Live,
            cancel,
            Text(owner),
            Text(afterId ?? ""),
            Number(limit)),
        cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadOrphansAsync(
        ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken = default) => ReadAsync(
        (connection, cancel) => connection.AllAsync(OrphansSql, Live, cancel, Texts(owners), Text(afterId ?? ""), Number(limit)), cancellationToken);

    public Task<ImmutableDictionary<ExecutionStatus, long>> CountByStatusAsync(CancellationToken cancellationToken = default) => ReadAsync(
        async (connection, cancel) => (await connection.AllAsync(
            "SELECT status, sum(count)::bigint FROM vigil.counters GROUP BY status HAVING sum(count) <> 0",
            row => KeyValuePair.Create((ExecutionStatus)row.GetInt32(0), row.GetInt64(1)),
            cancel)).ToImmutableDictionary(),
        cancellationToken);

    // During a rolling upgrade, a silo of the previous version may end an execution without clearing the column that it does not know.
    public Task<ImmutableDictionary<string, long>> CountByAttentionAsync(CancellationToken cancellationToken = default) => ReadAsync(
        async (connection, cancel) => (await connection.AllAsync(
            "SELECT attention, count(*) FROM vigil.executions WHERE attention IS NOT NULL AND live GROUP BY attention",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)),
            cancel)).ToImmutableDictionary(),
        cancellationToken);

    public Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default) => ReadAsync(PostgresEvents.ReadHeadAsync, cancellationToken);

    public async Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default)
    {
        var events = await ReadAsync((connection, cancel) => PostgresEvents.ReadAsync(connection, afterSeq, limit, cancel), cancellationToken);
        if (events.IsEmpty)
        {
            _tail!.FoundNothingAfter(afterSeq);
        }

        return events;
    }

    public Task<ImmutableArray<StoredEvent>> ReadEventsAsync(
        string executionId, long afterVersion, long afterSeq, int limit, CancellationToken cancellationToken = default) => ReadAsync(
        (connection, cancel) => PostgresEvents.ReadAsync(connection, executionId, afterVersion, afterSeq, limit, cancel), cancellationToken);

    public Task<long> ReadLastSeqAsync(CancellationToken cancellationToken = default) => ReadAsync(PostgresEvents.ReadLastAsync, cancellationToken);

    public Task<StoredReminder?> ReadReminderAsync(string grainId, string name) =>
        ReadAsync((connection, cancel) => PostgresReminders.ReadAsync(connection, grainId, name, cancel), CancellationToken.None);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId) =>
        ReadAsync((connection, cancel) => PostgresReminders.ReadAsync(connection, grainId, cancel), CancellationToken.None);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(uint begin, uint end) =>
        ReadAsync((connection, cancel) => PostgresReminders.ReadAsync(connection, begin, end, cancel), CancellationToken.None);

    protected override Task<ExecutionPage> ListAsync(ExecutionQuery query, PageCursor? cursor, CancellationToken cancellationToken) =>
        ReadAsync((connection, cancel) => PostgresList.ReadAsync(connection, query, cursor, cancel), cancellationToken);

    private static StoredState Execution(NpgsqlDataReader row) => row.IsDBNull(3)
        ? StoreRows.State(row)
        : StoreRows.State(row) with { Json = StoreValues.WithSteps(row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[][]>(3)) };

    private static LiveRow Live(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2) is { Length: > 0 } owner ? owner : null);

    private Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        ThrowIfNotOpen();
        return _readers.ReadAsync(read, cancellationToken);
    }
}
