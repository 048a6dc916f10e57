using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// One transaction of the write queue. Its writes are concurrent, because no writer has a result yet, so they may be executed in any order: all of one
/// kind in one statement. Only writes of the same state, of which at most one can succeed, are executed one after another.
/// </summary>
internal sealed class PostgresTransaction(NpgsqlConnection connection, string store, IReadOnlyList<QueuedWrite> writes, long? claim)
{
    // A counter row of this store's own, which counts nothing.
    private const string ProbeSql =
        "INSERT INTO vigil.counters (store, status, count) VALUES ($1, -1, 0) ON CONFLICT (store, status) DO UPDATE SET count = 0 RETURNING status";

    // Compares by reference, because setting a result changes the record's value.
    private readonly HashSet<WriteState> _refused = new(ReferenceEqualityComparer.Instance);

    public bool AppendsEvents { get; } = writes.Any(write => write is WriteState { Write: ExecutionWrite { EventType: not null } });

    public void Execute()
    {
        using var batch = new PostgresBatch(connection);
        if (claim is { } token)
        {
            batch.Add("SELECT vigil_claim.require($1)", null, PostgresValues.Number(token));
        }

        if (AppendsEvents)
        {
            batch.Add(PostgresEvents.AnnounceSql, null);
        }

        PostgresDeliveryWrites.Lock(batch, writes);
        foreach (var wave in Waves())
        {
            AddWave(batch, wave);
        }

        foreach (var write in writes)
        {
            AddOther(batch, write);
        }

        // Leases come last, so that the transaction does not wait while it holds locks on leased rows.
        foreach (var lease in writes.OfType<LeaseDeliveries>())
        {
            PostgresDeliveryWrites.Lease(batch, lease);
        }

        batch.Execute();
        if (_refused.Count > 0)
        {
            PostgresConflicts.Explain(connection, _refused);
        }
    }

    private static void AddWrites<TWrite>(IEnumerable<StateWrite> writes, Action<List<TWrite>> add)
    {
        if (writes.OfType<TWrite>().ToList() is { Count: > 0 } ofType)
        {
            add(ofType);
        }
    }

    private void AddOther(PostgresBatch batch, QueuedWrite write)
    {
        switch (write)
        {
            case SetOwner set:
                PostgresExecutionWrites.SetOwner(batch, set);
                break;
            case SettleDeliveries settle:
                PostgresDeliveryWrites.Settle(batch, settle);
                break;
            case Probe probe:
                batch.Add(ProbeSql, _ => probe.Succeed(true), PostgresValues.Text(store));
                break;
            case PutReminder put:
                PostgresReminders.Put(batch, put);
                break;
            case RemoveReminder remove:
                PostgresReminders.Remove(batch, remove);
                break;
            case WriteState or LeaseDeliveries:
                break;
            default:
                throw new NotSupportedException($"{write.GetType().Name} is not supported by this store.");
        }
    }

    /// <summary>Splits the state writes into waves, each of which contains at most one write per state.</summary>
    private List<List<WriteState>> Waves()
    {
        List<List<WriteState>> waves = [];
        Dictionary<StateKey, int> seen = [];
        foreach (var change in writes.OfType<WriteState>())
        {
            var wave = seen.GetValueOrDefault(change.Key);
            seen[change.Key] = wave + 1;
            if (wave == waves.Count)
            {
                waves.Add([]);
            }

            waves[wave].Add(change);
        }

        return waves;
    }

    private void AddWave(PostgresBatch batch, List<WriteState> wave)
    {
        var byKey = wave.ToDictionary(change => change.Key);
        _refused.UnionWith(wave);
        var byIsInsert = wave.Select(state => state.Write).ToLookup(write => write.ExpectedETag is null);
        AddWrites<ExecutionWrite>(byIsInsert[true], inserts => PostgresExecutionWrites.Insert(batch, store, inserts, WrittenOf(StateKind.Execution)));
        AddWrites<ExecutionWrite>(byIsInsert[false], updates => PostgresExecutionWrites.Update(batch, store, updates, WrittenOf(StateKind.Execution)));
        AddWrites<StepWrite>(byIsInsert[true], inserts => PostgresStepWrites.Insert(batch, inserts, WrittenOf(StateKind.Step)));
        AddWrites<StepWrite>(byIsInsert[false], updates => PostgresStepWrites.Update(batch, updates, WrittenOf(StateKind.Step)));
        Action<NpgsqlDataReader> WrittenOf(StateKind kind) => result =>
        {
            while (result.Read())
            {
                var change = byKey[new(kind, result.GetString(0))];
                _refused.Remove(change);
                change.Succeed(StoreValues.ETag(result.GetInt64(1)));
            }
        };
    }
}
