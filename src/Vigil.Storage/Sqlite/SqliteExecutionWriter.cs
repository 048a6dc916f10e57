namespace Vigil.Storage.Sqlite;

/// <summary>Writes executions, each with its event, deliveries, payloads, steps and counters.</summary>
internal sealed class SqliteExecutionWriter(SqliteSession session, SqliteDeliveryWriter deliveries)
{
    public const string FindByRemoteIdSql = "SELECT id FROM executions WHERE connection = $connection AND remote_id = $remote";

    private const string InsertSql =
        """
        INSERT INTO executions (id, etag, connection, platform, target_kind, target_id, status, counted_status, live, pending_work, version,
            remote_id, owner, accepted_at, observed_at, ended_at, deadline_at, json, attention)
        VALUES ($id, $etag, $connection, $platform, $target_kind, $target_id, $status, $status, $live, $pending_work, $version,
            $remote, $owner, $accepted, $observed, $ended, $deadline, $json, $attention)
        ON CONFLICT DO NOTHING
        """;

    // OR IGNORE: if another execution has the remote id, the row is not updated. The connection, target and acceptance never change.
    private const string UpdateSql =
        """
        UPDATE OR IGNORE executions SET etag = $etag, counted_status = status, status = $status, live = $live, pending_work = $pending_work,
            version = $version, remote_id = $remote, observed_at = $observed, ended_at = $ended, deadline_at = $deadline, json = $json, attention = $attention
        WHERE id = $id AND etag = $expected RETURNING counted_status
        """;

    private const string EventSql =
        """
        INSERT INTO events (execution_id, attempt, version, type, at, execution_json)
        VALUES ($execution, $attempt, $version, $type, $at, $json)
        """;

    private const string PayloadSql =
        """
        INSERT INTO payloads (execution_id, name, body) VALUES ($execution, $name, $body)
        ON CONFLICT (execution_id, name) DO UPDATE SET body = excluded.body
        """;

    private const string StepSql =
        """
        INSERT INTO step_summaries (execution_id, place, json) VALUES ($execution, $place, $json)
        ON CONFLICT (execution_id, place) DO UPDATE SET json = excluded.json
        """;

    private const string CounterSql =
        "INSERT INTO counters (status, count) VALUES ($status, $delta) ON CONFLICT (status) DO UPDATE SET count = count + excluded.count";

    // Changes by status, so that a transaction updates each counter only once.
    private readonly SortedDictionary<int, long> _counts = [];

    /// <summary>Gets the number of the transaction's last event; 0 if it has none.</summary>
    public long EventHead { get; private set; }

    public void Begin()
    {
        EventHead = 0;
        _counts.Clear();
    }

    /// <summary>Updates the counters. Must be called at the end of the transaction.</summary>
    public void End()
    {
        foreach (var (status, delta) in _counts.Where(count => count.Value != 0))
        {
            session.Execute(CounterSql, ("$status", status), ("$delta", delta));
        }
    }

    /// <summary>Writes an execution if its ETag is the expected one, and returns whether it did.</summary>
    public bool Write(ExecutionWrite write, long etag)
    {
        if (!(write.ExpectedETag is { } expected ? Update(write, StoreValues.ETag(expected), etag) : Insert(write, etag)))
        {
            return false;
        }

        if (write.EventType is not null)
        {
            AppendEvent(write);
        }

        foreach (var (name, text) in write.Payloads)
        {
            session.Execute(PayloadSql, ("$execution", write.Id), ("$name", name), ("$body", text));
        }

        foreach (var step in write.Steps)
        {
            session.Execute(StepSql, ("$execution", write.Id), ("$place", step.Place), ("$json", StoreValues.Blob(step.Json)));
        }

        return true;
    }

    public void SetOwner(SetOwner request)
    {
        foreach (var id in request.ExecutionIds)
        {
            session.Execute("UPDATE executions SET owner = $owner WHERE id = $id AND owner IS NOT $owner", ("$owner", request.Owner), ("$id", id));
        }

        request.Succeed(true);
    }

    public string? FindByRemoteId(string connection, string remoteId) => session.Text(FindByRemoteIdSql, ("$connection", connection), ("$remote", remoteId));

    private bool Insert(ExecutionWrite write, long etag)
    {
        var inserted = session.Execute(
            InsertSql,
            ("$id", write.Id),
            ("$etag", etag),
            ("$connection", write.Connection),
            ("$platform", write.Platform),
            ("$target_kind", write.TargetKind),
            ("$target_id", write.TargetId),
            ("$status", (int)write.Status),
            ("$live", write.Live),
            ("$pending_work", (int)write.PendingWork),
            ("$version", write.Version),
            ("$remote", write.RemoteId),
            ("$owner", write.Owner),
            ("$accepted", write.AcceptedAt.UtcTicks),
            ("$observed", write.ObservedAt?.UtcTicks),
            ("$ended", write.EndedAt?.UtcTicks),
            ("$deadline", write.DeadlineAt.UtcTicks),
            ("$json", StoreValues.Blob(write.Json)),
            ("$attention", write.Attention)) > 0;
        if (inserted)
        {
            Count(write.Status, 1);
        }

        return inserted;
    }

    private bool Update(ExecutionWrite write, long expected, long etag)
    {
        var before = session.Number(
            UpdateSql,
            ("$etag", etag),
            ("$status", (int)write.Status),
            ("$live", write.Live),
            ("$pending_work", (int)write.PendingWork),
            ("$version", write.Version),
            ("$remote", write.RemoteId),
            ("$observed", write.ObservedAt?.UtcTicks),
            ("$ended", write.EndedAt?.UtcTicks),
            ("$deadline", write.DeadlineAt.UtcTicks),
            ("$json", StoreValues.Blob(write.Json)),
            ("$attention", write.Attention),
            ("$id", write.Id),
            ("$expected", expected));
        if (before is { } status)
        {
            Count((ExecutionStatus)status, -1);
            Count(write.Status, 1);
        }

        return before is not null;
    }

    private void Count(ExecutionStatus status, int delta) => _counts[(int)status] = _counts.GetValueOrDefault((int)status) + delta;

    private void AppendEvent(ExecutionWrite write)
    {
        session.Execute(
            EventSql,
            ("$execution", write.Id),
            ("$attempt", write.Attempt),
            ("$version", write.Version),
            ("$type", write.EventType),
            ("$at", write.EventAt.UtcTicks),
            ("$json", StoreValues.Blob(write.EventJson)));
        EventHead = session.LastInsertedRow;
        foreach (var subscriber in write.Subscribers)
        {
            deliveries.Add(EventHead, write.Id, subscriber, write.EventAt);
        }
    }
}
