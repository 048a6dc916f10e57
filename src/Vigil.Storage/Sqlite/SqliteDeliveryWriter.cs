namespace Vigil.Storage.Sqlite;

/// <summary>
/// Writes deliveries. Only the first open delivery of an execution to a destination has a due time, which preserves the order and makes waiting for a
/// destination that is down free.
/// </summary>
internal sealed class SqliteDeliveryWriter(SqliteSession session)
{
    private const int Open = 0;
    private const int Delivered = 1;
    private const int Dead = 2;

    // A due time of 0 is due at once, regardless of any clock.
    private const string InsertSql =
        """
        INSERT INTO deliveries (event_seq, execution_id, destination, state, attempts, created_at, due_at)
        VALUES ($event, $execution, $destination, 0, 0, $created,
            CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE execution_id = $execution AND destination = $destination AND state = 0) THEN NULL ELSE 0 END)
        """;

    private const string DueSql =
        """
        SELECT d.id, d.destination, d.attempts, d.created_at, e.seq, e.execution_id, e.attempt, e.version, e.type, e.at, e.execution_json
        FROM deliveries d JOIN events e ON e.seq = d.event_seq
        WHERE d.due_at <= $now ORDER BY d.due_at, d.id LIMIT $limit
        """;

    private const string LeaseSql = "UPDATE deliveries SET worker = $worker, due_at = $until, attempts = attempts + 1 WHERE id = $id";

    private const string LeasedSql = "SELECT id FROM deliveries WHERE due_at IS NOT NULL AND worker IS NOT NULL LIMIT 1";

    private const string ReleaseSql = "UPDATE deliveries SET worker = NULL, due_at = 0 WHERE due_at IS NOT NULL AND worker IS NOT NULL";

    private const string SettleSql =
        """
        UPDATE deliveries SET state = $state, worker = NULL, due_at = $due, error = $error WHERE id = $id AND worker = $worker AND state = 0
        """;

    private const string NextSql =
        """
        UPDATE deliveries SET due_at = 0 WHERE id = (
            SELECT min(next.id) FROM deliveries settled JOIN deliveries next
                ON next.execution_id = settled.execution_id AND next.destination = settled.destination AND next.state = 0
            WHERE settled.id = $id)
        """;

    public static bool IsAnyLeased(SqliteSession session) => session.Number(LeasedSql) is not null;

    public void ReleaseAll() => session.Execute(ReleaseSql);

    public void Add(long eventSeq, string executionId, string destination, DateTimeOffset at) => session.Execute(
        InsertSql,
        ("$event", eventSeq),
        ("$execution", executionId),
        ("$destination", destination),
        ("$created", at.UtcTicks));

    public ImmutableArray<StoredDelivery> Lease(LeaseDeliveries lease)
    {
        var due = session.All(DueSql, StoreRows.Delivery, ("$now", lease.Now.UtcTicks), ("$limit", lease.Limit));
        foreach (var delivery in due)
        {
            session.Execute(LeaseSql, ("$worker", lease.Worker), ("$until", lease.LeaseUntil.UtcTicks), ("$id", delivery.Id));
        }

        return due;
    }

    public void Settle(ImmutableArray<DeliveryOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            var state = outcome switch { { DueAgainAt: not null } => Open, { Error: null } => Delivered, _ => Dead };
            var isSettled = session.Execute(
                SettleSql,
                ("$state", state),
                ("$due", outcome.DueAgainAt?.UtcTicks),
                ("$error", outcome.Error),
                ("$id", outcome.Id),
                ("$worker", outcome.Worker)) > 0;
            if (isSettled && state != Open)
            {
                session.Execute(NextSql, ("$id", outcome.Id));
            }
        }
    }
}
