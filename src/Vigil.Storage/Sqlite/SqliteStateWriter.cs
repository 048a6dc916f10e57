using Vigil.Storage.Writing;

namespace Vigil.Storage.Sqlite;

/// <summary>Writes and removes states. The expected ETag is part of each statement, so the second of two writers changes nothing.</summary>
internal sealed class SqliteStateWriter(SqliteSession session, SqliteStatusCounters counters, SqliteEventWriter events)
{
    private readonly SqliteExecutionRows _executions = new(session, counters);

    public void Write(WriteState request)
    {
        var write = request.Write;
        var etag = StoreValues.NewETag();
        if (!WriteRow(write, etag))
        {
            request.Refuse(Conflict(write.Key, write.ExpectedETag, write.Columns));
            return;
        }

        if (write.Event is { } told)
        {
            events.Append(write.Key.Id, told);
        }

        foreach (var payload in write.Payloads)
        {
            session.Execute(
                """
                INSERT INTO payloads (execution_id, name, body) VALUES ($execution, $name, $body)
                ON CONFLICT (execution_id, name) DO UPDATE SET body = excluded.body
                """,
                ("$execution", write.Key.Id),
                ("$name", payload.Name),
                ("$body", payload.Text));
        }

        foreach (var step in write.Steps)
        {
            session.Execute(
                """
                INSERT INTO step_summaries (execution_id, place, json) VALUES ($execution, $place, $json)
                ON CONFLICT (execution_id, place) DO UPDATE SET json = excluded.json
                """,
                ("$execution", write.Key.Id),
                ("$place", step.Place),
                ("$json", StoreValues.Blob(step.Json)));
        }

        request.Succeed(StoreValues.ETag(etag));
    }

    public void Clear(ClearState request)
    {
        var (key, expected) = (request.Key, StoreValues.ETag(request.ExpectedETag ?? ""));
        var removed = key.Kind == StateKind.Execution ? _executions.Delete(key.Id, expected) : DeleteStep(key, expected);
        if (!removed && StoredETag(key) != request.ExpectedETag)
        {
            request.Refuse(Conflict(key, request.ExpectedETag, columns: null));
            return;
        }

        if (removed && key.Kind == StateKind.Execution)
        {
            RemoveRelatedRows(key.Id);
        }

        request.Succeed(true);
    }

    public void SetOwner(SetOwner request)
    {
        foreach (var id in request.ExecutionIds)
        {
            session.Execute("UPDATE executions SET owner = $owner WHERE id = $id AND owner IS NOT $owner", ("$owner", request.Owner), ("$id", id));
        }

        request.Succeed(true);
    }

    private bool WriteRow(StateWrite write, long etag) => (write.Key.Kind, write.ExpectedETag) switch
    {
        (StateKind.Step, _) => WriteStep(write, etag),
        (_, { } expected) => _executions.Update(write, StoreValues.ETag(expected), etag),
        _ => _executions.Insert(write, etag),
    };

    private bool WriteStep(StateWrite write, long etag)
    {
        var json = StoreValues.Blob(write.Json);
        return (write.ExpectedETag is { } expected
            ? session.Execute(
                "UPDATE steps SET etag = $etag, version = $version, json = $json WHERE id = $id AND etag = $expected",
                ("$etag", etag), ("$version", write.StepVersion), ("$json", json), ("$id", write.Key.Id), ("$expected", StoreValues.ETag(expected)))
            : session.Execute(
                "INSERT INTO steps (id, execution_id, etag, version, json) VALUES ($id, $execution, $etag, $version, $json) ON CONFLICT DO NOTHING",
                ("$id", write.Key.Id), ("$execution", write.Key.Id[..write.Key.Id.IndexOf('/')]), ("$etag", etag),
                ("$version", write.StepVersion), ("$json", json))) > 0;
    }

    private bool DeleteStep(StateKey key, long expected) =>
        session.Execute("DELETE FROM steps WHERE id = $id AND etag = $expected", ("$id", key.Id), ("$expected", expected)) > 0;

    /// <summary>An execution that is gone leaves nothing that a later one of the same id could be taken for.</summary>
    private void RemoveRelatedRows(string executionId)
    {
        events.Remove(executionId);
        session.Execute("DELETE FROM payloads WHERE execution_id = $execution", ("$execution", executionId));
        session.Execute("DELETE FROM step_summaries WHERE execution_id = $execution", ("$execution", executionId));
        session.Execute("DELETE FROM steps WHERE execution_id = $execution", ("$execution", executionId));
    }

    private string? StoredETag(StateKey key) => session.Number(
        key.Kind == StateKind.Step ? "SELECT etag FROM steps WHERE id = $id" : "SELECT etag FROM executions WHERE id = $id",
        ("$id", key.Id)) is { } etag ? StoreValues.ETag(etag) : null;

    private StoreConflictException Conflict(StateKey key, string? expected, ExecutionColumns? columns)
    {
        var stored = StoredETag(key);
        var watcher = stored == expected && columns is { RemoteId: { } remoteId } ? _executions.Find(columns.Connection, remoteId) : null;
        return StoreConflicts.Of(key, expected, stored, columns, watcher);
    }
}
