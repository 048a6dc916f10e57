namespace Vigil.Storage.Sqlite;

/// <summary>Keeps the numbers of executions by status; a transaction changes each counter once.</summary>
internal sealed class SqliteStatusCounters(SqliteSession session)
{
    private readonly SortedDictionary<int, long> _deltas = [];

    /// <summary>Forgets what a transaction that failed would have changed.</summary>
    public void Begin() => _deltas.Clear();

    public void Add(ExecutionStatus status, int delta) => _deltas[(int)status] = _deltas.GetValueOrDefault((int)status) + delta;

    public void Flush()
    {
        foreach (var (status, delta) in _deltas.Where(delta => delta.Value != 0))
        {
            session.Execute(
                "INSERT INTO counters (status, count) VALUES ($status, $delta) ON CONFLICT (status) DO UPDATE SET count = count + excluded.count",
                ("$status", status),
                ("$delta", delta));
        }
    }
}
