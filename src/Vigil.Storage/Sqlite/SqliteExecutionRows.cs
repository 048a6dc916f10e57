namespace Vigil.Storage.Sqlite;

/// <summary>The statements that change rows of executions, with their counters.</summary>
internal sealed class SqliteExecutionRows(SqliteSession session, SqliteStatusCounters counters)
{
    /// <summary>Finds who watches a remote run.</summary>
    public const string FindSql = "SELECT id FROM executions WHERE connection = $connection AND remote_id = $remote";

    private const string InsertSql =
        """
        INSERT INTO executions (id, etag, connection, platform, target_kind, target_id, status, counted_status, live, pending_work, version,
            remote_id, owner, accepted_at, observed_at, ended_at, deadline_at, json)
        VALUES ($id, $etag, $connection, $platform, $target_kind, $target_id, $status, $status, $live, $pending_work, $version,
            $remote, $owner, $accepted, $observed, $ended, $deadline, $json)
        ON CONFLICT DO NOTHING
        """;

    // OR IGNORE: a remote id that another execution has leaves the row as it is. Who accepted it, where and when never changes.
    private const string UpdateSql =
        """
        UPDATE OR IGNORE executions SET etag = $etag, counted_status = status, status = $status, live = $live, pending_work = $pending_work,
            version = $version, remote_id = $remote, observed_at = $observed, ended_at = $ended, deadline_at = $deadline, json = $json
        WHERE id = $id AND etag = $expected RETURNING counted_status
        """;

    private const string DeleteSql = "DELETE FROM executions WHERE id = $id AND etag = $expected RETURNING status";

    public bool Insert(ExecutionWrite write, long etag)
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
            ("$json", StoreValues.Blob(write.Json))) > 0;
        if (inserted)
        {
            counters.Add(write.Status, 1);
        }

        return inserted;
    }

    public bool Update(ExecutionWrite write, long expected, long etag)
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
            ("$id", write.Id),
            ("$expected", expected));
        if (before is { } status)
        {
            counters.Add((ExecutionStatus)status, -1);
            counters.Add(write.Status, 1);
        }

        return before is not null;
    }

    public bool Delete(string id, long expected)
    {
        var before = session.Number(DeleteSql, ("$id", id), ("$expected", expected));
        if (before is { } status)
        {
            counters.Add((ExecutionStatus)status, -1);
        }

        return before is not null;
    }

    public string? Find(string connection, string remoteId) => session.Text(FindSql, ("$connection", connection), ("$remote", remoteId));
}
