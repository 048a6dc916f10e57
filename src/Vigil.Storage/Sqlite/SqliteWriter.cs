using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>The connection for writes. The expected ETag is part of each statement, so the second of two writers of a state changes nothing.</summary>
internal sealed class SqliteWriter : IWriteExecutor
{
    private readonly SqliteSession _session;
    private readonly SqliteSettings _settings;
    private readonly EventSignal _signal;
    private readonly SqliteDeliveryWriter _deliveries;
    private readonly SqliteExecutionWriter _executions;

    private readonly SqliteFile _file;

    public SqliteWriter(SqliteSession session, SqliteSettings settings, EventSignal signal, SqliteFile file)
    {
        (_session, _settings, _signal, _file) = (session, settings, signal, file);
        _deliveries = new(session);
        _executions = new(session, _deliveries);
    }

    public void Execute(IReadOnlyList<QueuedWrite> writes, Action<WritePoint> reached)
    {
        _file.ThrowIfGone();
        _executions.Begin();
        try
        {
            RollBack();
            _session.Execute("BEGIN IMMEDIATE");
            for (int i = 0; i < writes.Count; i++)
            {
                if (i > 0)
                {
                    reached(WritePoint.BetweenWrites);
                }

                Execute(writes[i]);
            }

            _executions.End();
            reached(WritePoint.BeforeCommit);
            _session.Execute("COMMIT");
            _file.ThrowIfGone();
        }
        catch (SqliteException error) when (SqliteErrors.OfDatabase(error, _settings.Path) is { } failure)
        {
            TryRollBack();
            throw failure;
        }
        catch
        {
            TryRollBack();
            throw;
        }
    }

    public void Committed() => _signal.Advance(_executions.EventHead);

    public void Dispose() => _session.Dispose();

    private void RollBack()
    {
        // After some failures, such as a full disk, SQLite has already rolled back.
        if (_session.InTransaction)
        {
            _session.Execute("ROLLBACK");
        }
    }

    private void TryRollBack()
    {
        try
        {
            RollBack();
        }
        catch (SqliteException)
        {
            // The writers must get the transaction's own error. The next transaction rolls back again first, and reports a failure of it.
        }
    }

    private void Execute(QueuedWrite write)
    {
        switch (write)
        {
            case WriteState state:
                Write(state);
                break;
            case SetOwner set:
                _executions.SetOwner(set);
                break;
            case LeaseDeliveries lease:
                lease.Succeed(_deliveries.Lease(lease));
                break;
            case SettleDeliveries settle:
                _deliveries.Settle(settle.Outcomes);
                settle.Succeed(true);
                break;
            case ReleaseDeliveries release:
                _deliveries.ReleaseAll();
                release.Succeed(true);
                break;
            case Probe probe:
                // Rewrites the first page as it is. A statement that changes no row would write nothing.
                _session.Script($"PRAGMA user_version = {_session.Number("PRAGMA user_version")}");
                probe.Succeed(true);
                break;
            case PutReminder put:
                put.Succeed(SqliteReminders.Put(_session, put.Reminder));
                break;
            case RemoveReminder remove:
                remove.Succeed(SqliteReminders.Remove(_session, remove));
                break;
            default:
                throw new NotSupportedException($"{write.GetType().Name} is not supported by this store.");
        }
    }

    private void Write(WriteState request)
    {
        var (write, etag) = (request.Write, StoreValues.NewETag());
        if (write is StepWrite step ? WriteStep(step, etag) : _executions.Write((ExecutionWrite)write, etag))
        {
            request.Succeed(StoreValues.ETag(etag));
            return;
        }

        var watcher = write is ExecutionWrite { RemoteId: { } remoteId } execution ? _executions.FindByRemoteId(execution.Connection, remoteId) : null;
        var stored = _session.Number($"SELECT etag FROM {(write is StepWrite ? "steps" : "executions")} WHERE id = $id", ("$id", write.Id));
        request.Refuse(stored is { } other ? StoreValues.ETag(other) : null, watcher);
    }

    private bool WriteStep(StepWrite write, long etag)
    {
        var json = StoreValues.Blob(write.Json);
        return (write.ExpectedETag is { } expected
            ? _session.Execute(
                "UPDATE steps SET etag = $etag, version = $version, json = $json WHERE id = $id AND etag = $expected",
                ("$etag", etag), ("$version", write.Version), ("$json", json), ("$id", write.Id), ("$expected", StoreValues.ETag(expected)))
            : _session.Execute(
                "INSERT INTO steps (id, execution_id, etag, version, json) VALUES ($id, $execution, $etag, $version, $json) ON CONFLICT DO NOTHING",
                ("$id", write.Id), ("$execution", write.ExecutionId), ("$etag", etag), ("$version", write.Version), ("$json", json))) > 0;
    }
}
