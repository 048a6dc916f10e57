using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// One transaction of the write queue. Nobody has been answered yet, so its writes are at the same time and may be carried out in any order: all
/// of one kind in one statement. Only writes of the same state, of which one at most can win, come one after the other.
/// </summary>
internal sealed class PostgresTransaction(NpgsqlConnection connection, string store, IReadOnlyList<QueuedWrite> writes)
{
    // By reference: what is decided of a write changes its value.
    private readonly HashSet<WriteState> _refused = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gets a value indicating whether it may append events.</summary>
    public bool Tells { get; } = writes.Any(write => write is WriteState { Write: ExecutionWrite { EventType: not null } });

    public void Execute()
    {
        using var batch = new PostgresBatch(connection);
        if (Tells)
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

        // Last: what is leased is locked, and nothing of this transaction is to wait after that.
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
        if (writes.OfType<TWrite>().ToList() is { Count: > 0 } some)
        {
            add(some);
        }
    }

    private static void AddOther(PostgresBatch batch, QueuedWrite write)
    {
        switch (write)
        {
            case SetOwner set:
                PostgresExecutionWrites.SetOwner(batch, set);
                break;
            case SettleDeliveries settle:
                PostgresDeliveryWrites.Settle(batch, settle);
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
                throw new NotSupportedException($"{write.GetType().Name} is not a kind of write that this store knows.");
        }
    }

    /// <summary>Parts the changes of states so that no part has two of the same one.</summary>
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
        var byFirst = wave.Select(state => state.Write).ToLookup(write => write.ExpectedETag is null);
        AddWrites<ExecutionWrite>(byFirst[true], some => PostgresExecutionWrites.Insert(batch, store, some, WrittenOf(StateKind.Execution)));
        AddWrites<ExecutionWrite>(byFirst[false], some => PostgresExecutionWrites.Update(batch, store, some, WrittenOf(StateKind.Execution)));
        AddWrites<StepWrite>(byFirst[true], some => PostgresStepWrites.Insert(batch, some, WrittenOf(StateKind.Step)));
        AddWrites<StepWrite>(byFirst[false], some => PostgresStepWrites.Update(batch, some, WrittenOf(StateKind.Step)));
        Action<NpgsqlDataReader> WrittenOf(StateKind kind) => result =>
        {
            while (result.Read())
            {
                Succeed(byKey[new(kind, result.GetString(0))], StoreValues.ETag(result.GetInt64(1)));
            }
        };
    }

    private void Succeed(WriteState change, string etag)
    {
        _refused.Remove(change);
        change.Succeed(etag);
    }
}
