namespace Vigil.Storage.Sqlite;

/// <summary>Writes states. The expected ETag is part of each statement, so the second of two writers changes nothing.</summary>
internal sealed class SqliteStateWriter(SqliteSession session, SqliteExecutionWriter executions)
{
    public void Write(WriteState request)
    {
        var (write, etag) = (request.Write, StoreValues.NewETag());
        if (write is StepWrite step ? WriteStep(step, etag) : executions.Write((ExecutionWrite)write, etag))
        {
            request.Succeed(StoreValues.ETag(etag));
            return;
        }

        var watcher = write is ExecutionWrite { RemoteId: { } remoteId } execution ? executions.Find(execution.Connection, remoteId) : null;
        request.Refuse(StoredETag(write.Key), watcher);
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

    private string? StoredETag(StateKey key) => session.Number(
        key.Kind == StateKind.Step ? "SELECT etag FROM steps WHERE id = $id" : "SELECT etag FROM executions WHERE id = $id",
        ("$id", key.Id)) is { } etag ? StoreValues.ETag(etag) : null;
}
