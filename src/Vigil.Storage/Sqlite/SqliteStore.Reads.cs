namespace Vigil.Storage.Sqlite;

/// <summary>The reads of the store, except for the queries of lists and reminders, which have their own files.</summary>
internal sealed partial class SqliteStore
{
    private const string LiveRows = "SELECT id, connection, owner FROM executions INDEXED BY executions_live WHERE live = 1 ";

    public Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default) =>
        ReadAsync(session => key.Kind == StateKind.Execution ? Execution(session, key.Id) : Step(session, key.Id), cancellationToken);

    public Task<string?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) => ReadAsync(
        session => session.Text(SqliteExecutionWriter.FindByRemoteIdSql, ("$connection", connection), ("$remote", remoteId)), cancellationToken);

    public Task<ImmutableDictionary<string, string>> FindByRemoteIdsAsync(
        string connection, ImmutableArray<string> remoteIds, CancellationToken cancellationToken = default) => ReadAsync(
        session => remoteIds
            .Select(remote => (Remote: remote, Id: session.Text(SqliteExecutionWriter.FindByRemoteIdSql, ("$connection", connection), ("$remote", remote))))
            .Where(found => found.Id is not null).DistinctBy(found => found.Remote).ToImmutableDictionary(found => found.Remote, found => found.Id!),
        cancellationToken);

    public Task<ImmutableArray<StoredState>> ReadStepsAsync(ImmutableArray<string> ids, CancellationToken cancellationToken = default) =>
        ReadAsync<ImmutableArray<StoredState>>(session => [.. ids.Select(id => Step(session, id)).OfType<StoredState>()], cancellationToken);

    public Task<ImmutableDictionary<string, long>> ReadStepVersionsAsync(string executionId, CancellationToken cancellationToken = default) => ReadAsync(
        session => session.All(
            "SELECT id, version FROM steps WHERE execution_id = $execution",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)),
            ("$execution", executionId)).ToImmutableDictionary(),
        cancellationToken);

    public Task<ImmutableDictionary<string, string>> ReadPayloadsAsync(
        string executionId, ImmutableArray<string> names, CancellationToken cancellationToken = default) => ReadAsync(
        session => names
            .Select(name => KeyValuePair.Create(name, session.Text(
                "SELECT body FROM payloads WHERE execution_id = $execution AND name = $name", ("$execution", executionId), ("$name", name))))
            .Where(payload => payload.Value is not null)
            .ToImmutableDictionary(payload => payload.Key, payload => payload.Value!),
        cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadLiveAsync(string owner, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(session => Live(session, owner, afterId, limit), cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadOrphansAsync(
        ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(session => Orphans(session, owners, afterId, limit), cancellationToken);

    public Task<ImmutableDictionary<ExecutionStatus, long>> CountByStatusAsync(CancellationToken cancellationToken = default) => ReadAsync(
        session => session.All(
            "SELECT status, count FROM counters WHERE count <> 0",
            row => KeyValuePair.Create((ExecutionStatus)row.GetInt32(0), row.GetInt64(1))).ToImmutableDictionary(),
        cancellationToken);

    public Task<ImmutableDictionary<string, long>> CountByAttentionAsync(CancellationToken cancellationToken = default) => ReadAsync(
        session => session.All(
            "SELECT attention, count(*) FROM executions WHERE attention IS NOT NULL GROUP BY attention",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1))).ToImmutableDictionary(),
        cancellationToken);

    public Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default) => ReadAsync(EventHead, cancellationToken);

    public Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default) => ReadAsync(
        session => session.All(
            "SELECT seq, execution_id, attempt, version, type, at, execution_json FROM events WHERE seq > $after ORDER BY seq LIMIT $limit",
            StoreRows.Event,
            ("$after", afterSeq),
            ("$limit", limit)),
        cancellationToken);

    public Task<ImmutableArray<StoredEvent>> ReadEventsAsync(
        string executionId, long afterVersion, long afterSeq, int limit, CancellationToken cancellationToken = default) => ReadAsync(
        session => session.All(
            """
            SELECT seq, execution_id, attempt, version, type, at, execution_json FROM events
            WHERE execution_id = $id AND version > $version AND seq > $after ORDER BY version LIMIT $limit
            """,
            StoreRows.Event,
            ("$id", executionId),
            ("$version", afterVersion),
            ("$after", afterSeq),
            ("$limit", limit)),
        cancellationToken);

    public Task<long> ReadLastSeqAsync(CancellationToken cancellationToken = default) => ReadEventHeadAsync(cancellationToken);

    public Task<StoredReminder?> ReadReminderAsync(string grainId, string name) =>
        ReadAsync(session => SqliteReminders.Read(session, grainId, name), CancellationToken.None);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId) =>
        ReadAsync(session => SqliteReminders.Read(session, grainId), CancellationToken.None);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(uint begin, uint end) =>
        ReadAsync(session => SqliteReminders.Read(session, begin, end), CancellationToken.None);

    protected override Task<ExecutionPage> ListAsync(ExecutionQuery query, PageCursor? cursor, CancellationToken cancellationToken) =>
        ReadAsync(session => SqliteList.Read(session, query, cursor), cancellationToken);

    private static long EventHead(SqliteSession session) => session.Number("SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0;

    private static StoredState? Step(SqliteSession session, string id) =>
        session.All("SELECT id, json, etag FROM steps WHERE id = $id", StoreRows.State, ("$id", id)).FirstOrDefault();

    // A single statement, so that the state and its steps are consistent.
    private static StoredState? Execution(SqliteSession session, string id)
    {
        using var reader = session.Query(
            """
            SELECT e.id, e.json, e.etag, s.json FROM executions e LEFT JOIN step_summaries s ON s.execution_id = e.id
            WHERE e.id = $id ORDER BY s.place
            """,
            ("$id", id));
        if (!reader.Read())
        {
            return null;
        }

        var state = StoreRows.State(reader);
        if (reader.IsDBNull(3))
        {
            return state;
        }

        List<byte[]> steps = [];
        do
        {
            steps.Add(reader.GetFieldValue<byte[]>(3));
        }
        while (reader.Read());

        return state with { Json = StoreValues.WithSteps(StoreValues.Blob(state.Json), steps) };
    }

    private static ImmutableArray<LiveRow> Live(SqliteSession session, string? owner, string? afterId, int limit) => session.All(
        LiveRows + "AND owner IS $owner AND id > $after ORDER BY id LIMIT $limit",
        row => new LiveRow(row.GetString(0), row.GetString(1), owner),
        ("$owner", owner),
        ("$after", afterId ?? ""),
        ("$limit", limit));

    /// <summary>Skips from owner to owner in the index, so that the cost does not grow with the number of live rows that have a valid owner.</summary>
    private static ImmutableArray<LiveRow> Orphans(SqliteSession session, ImmutableArray<string> owners, string? afterId, int limit)
    {
        List<LiveRow> rows = [.. Live(session, owner: null, afterId, limit)];
        var owner = "";
        while ((owner = session.Text(
            "SELECT min(owner) FROM executions INDEXED BY executions_live WHERE live = 1 AND owner > $owner", ("$owner", owner))) is not null)
        {
            if (!owners.Contains(owner))
            {
                rows.AddRange(Live(session, owner, afterId, limit));
            }
        }

        return [.. rows.OrderBy(row => row.ExecutionId, StringComparer.Ordinal).Take(limit)];
    }

    private Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        ThrowIfNotOpen();
        return _readers!.ReadAsync(read, cancellationToken);
    }
}
