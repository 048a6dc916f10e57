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
        if (!(write is StepWrite step ? WriteStep(step, etag) : WriteExecution((ExecutionWrite)write, etag)))
        {
            request.Refuse(Conflict(write));
            return;
        }

        request.Succeed(StoreValues.ETag(etag));
    }

    public void Clear(ClearState request)
    {
        var (key, expected) = (request.Key, StoreValues.ETag(request.ExpectedETag ?? ""));
        var removed = key.Kind == StateKind.Execution ? _executions.Delete(key.Id, expected) : DeleteStep(key, expected);
        if (!removed && StoredETag(key) is var stored && stored != request.ExpectedETag)
        {
            request.Refuse(StoreConflicts.Of(key, request.ExpectedETag, stored));
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

    private bool WriteStep(StepWrite write, long etag)
    {
        var json = StoreValues.Blob(write.Json);
        return (write.ExpectedETag is { } expected
            ? session.Execute(
                "UPDATE steps SET etag = $etag, version = $version, json = $json WHERE id = $id AND etag = $expected",
                ("$etag", etag), ("$version", write.Version), ("$json", json), ("$id", write.Id), ("$expected", StoreValues.ETag(expected)))
            : session.Execute(
                "INSERT INTO steps (id, execution_id, etag, version, json) VALUES ($id, $execution, $etag, $version, $json) ON CONFLICT DO NOTHING",
                ("$id", write.Id), ("$execution", write.ExecutionId), ("$etag", etag), ("$version", write.Version), ("$json", json))) > 0;
    }

    private bool WriteExecution(ExecutionWrite write, long etag)
    {
        if (!(write.ExpectedETag is { } expected ? _executions.Update(write, StoreValues.ETag(expected), etag) : _executions.Insert(write, etag)))
        {
            return false;
        }

        if (write.EventType is not null)
        {
            events.Append(write);
        }

        foreach (var (name, text) in write.Payloads)
        {
            session.Execute(
                """
                INSERT INTO payloads (execution_id, name, body) VALUES ($execution, $name, $body)
                ON CONFLICT (execution_id, name) DO UPDATE SET body = excluded.body
                """,
                ("$execution", write.Id),
                ("$name", name),
                ("$body", text));
        }

        foreach (var step in write.Steps)
        {
            session.Execute(
                """
                INSERT INTO step_summaries (execution_id, place, json) VALUES ($execution, $place, $json)
                ON CONFLICT (execution_id, place) DO UPDATE SET json = excluded.json
                """,
                ("$execution", write.Id),
                ("$place", step.Place),
                ("$json", StoreValues.Blob(step.Json)));
        }

        return true;
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

    private StoreConflictException Conflict(StateWrite write)
    {
        var watcher = write is ExecutionWrite { RemoteId: { } remoteId } execution ? _executions.Find(execution.Connection, remoteId) : null;
        return StoreConflicts.Of(write, StoredETag(write.Key), watcher);
    }
}
