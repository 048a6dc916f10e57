using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>The one connection that writes.</summary>
internal sealed class SqliteWriter : IWriteExecutor
{
    private readonly SqliteSession _session;
    private readonly SqliteSettings _settings;
    private readonly EventSignal _signal;
    private readonly SqliteDeliveryWriter _deliveries;
    private readonly SqliteExecutionWriter _executions;
    private readonly SqliteStateWriter _states;

    public SqliteWriter(SqliteSession session, SqliteSettings settings, EventSignal signal)
    {
        (_session, _settings, _signal) = (session, settings, signal);
        _deliveries = new(session);
        _executions = new(session, _deliveries);
        _states = new(session, _executions);
    }

    public void Execute(IReadOnlyList<QueuedWrite> writes, Action<WritePoint> reached)
    {
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
        // After some failures, a full disk among them, SQLite has rolled back already.
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
            // Why the transaction failed is what its writers must hear. The next one begins by rolling back again, and says it if that fails.
        }
    }

    private void Execute(QueuedWrite write)
    {
        switch (write)
        {
            case WriteState state:
                _states.Write(state);
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
            case PutReminder put:
                put.Succeed(SqliteReminders.Put(_session, put.Reminder));
                break;
            case RemoveReminder remove:
                remove.Succeed(SqliteReminders.Remove(_session, remove));
                break;
            default:
                throw new NotSupportedException($"{write.GetType().Name} is not a kind of write that this store knows.");
        }
    }
}
