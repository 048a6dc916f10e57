using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>The statements that read, apart from the list.</summary>
internal static class SqliteReads
{
    private const string LiveRows = "SELECT id, connection, owner FROM executions INDEXED BY executions_live WHERE live = 1 ";

    public static StoredState? State(SqliteSession session, StateKey key)
    {
        if (key.Kind == StateKind.Execution)
        {
            return Execution(session, key.Id);
        }

        const string sql = "SELECT id, json, etag FROM steps WHERE id = $id";
        using var reader = session.Query(sql, ("$id", key.Id));
        return reader.Read() ? SqliteValues.State(reader) : null;
    }

    public static ImmutableArray<StoredState> Steps(SqliteSession session, ImmutableArray<string> ids) =>
        [.. ids.Select(id => State(session, new(StateKind.Step, id))).OfType<StoredState>()];

    public static ImmutableDictionary<string, long> StepVersions(SqliteSession session, string executionId)
    {
        var versions = ImmutableDictionary.CreateBuilder<string, long>();
        using var reader = session.Query("SELECT id, version FROM steps WHERE execution_id = $execution", ("$execution", executionId));
        while (reader.Read())
        {
            versions.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return versions.ToImmutable();
    }

    public static ImmutableDictionary<ExecutionStatus, long> Counts(SqliteSession session)
    {
        var counts = ImmutableDictionary.CreateBuilder<ExecutionStatus, long>();
        using var reader = session.Query("SELECT status, count FROM counters WHERE count <> 0");
        while (reader.Read())
        {
            counts.Add((ExecutionStatus)reader.GetInt32(0), reader.GetInt64(1));
        }

        return counts.ToImmutable();
    }

    public static long EventHead(SqliteSession session) => session.Number("SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0;

    public static ImmutableArray<StoredEvent> Events(SqliteSession session, long afterSeq, int limit)
    {
        var events = ImmutableArray.CreateBuilder<StoredEvent>();
        using var reader = session.Query(
            "SELECT seq, execution_id, attempt, version, type, at, execution_json FROM events WHERE seq > $after ORDER BY seq LIMIT $limit",
            ("$after", afterSeq),
            ("$limit", limit));
        while (reader.Read())
        {
            events.Add(Event(reader, first: 0));
        }

        return events.DrainToImmutable();
    }

    /// <summary>Reads an event from seven columns that begin at one.</summary>
    public static StoredEvent Event(SqliteDataReader reader, int first) => new(
        reader.GetInt64(first),
        reader.GetString(first + 1),
        reader.GetInt32(first + 2),
        reader.GetInt64(first + 3),
        reader.GetString(first + 4),
        StoreValues.Time(reader.GetInt64(first + 5)),
        reader.GetFieldValue<byte[]>(first + 6));

    // One statement, so that the state and its steps are of one moment.
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

        var state = SqliteValues.State(reader);
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

    public static ImmutableArray<LiveRow> Live(SqliteSession session, string? owner, string? afterId, int limit)
    {
        var rows = ImmutableArray.CreateBuilder<LiveRow>();
        using var reader = session.Query(
            LiveRows + "AND owner IS $owner AND id > $after ORDER BY id LIMIT $limit",
            ("$owner", owner),
            ("$after", afterId ?? ""),
            ("$limit", limit));
        while (reader.Read())
        {
            rows.Add(new(reader.GetString(0), reader.GetString(1), owner));
        }

        return rows.DrainToImmutable();
    }

    /// <summary>Skips from owner to owner, so that it costs nothing where there is no orphan, however many rows are live.</summary>
    public static ImmutableArray<LiveRow> Orphans(SqliteSession session, ImmutableArray<string> owners, string? afterId, int limit)
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
}
