using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>
/// The statements for deliveries. Only the first open delivery of an execution to a destination has a due time, which preserves the order and makes
/// waiting for a destination that is down free.
/// </summary>
internal static class PostgresDeliveryWrites
{
    // A new delivery is due at once if no earlier one is open, and settling makes the next one due. If both happen concurrently, the second must see
    // the effect of the first. So both first lock the rows they depend on: the last open delivery, or the one to settle and its successor. They lock
    // in the order of ids, so that two silos cannot deadlock.
    private const string LockSql =
        """
        SELECT d.id FROM vigil.deliveries d WHERE d.id IN (
            SELECT unnest($1::bigint[])
            UNION ALL
            SELECT (SELECT min(n.id) FROM vigil.deliveries n
                WHERE n.execution_id = s.execution_id AND n.destination = s.destination AND n.state = 0 AND n.id > s.id)
            FROM vigil.deliveries s WHERE s.id = ANY ($1)
            UNION ALL
            SELECT (SELECT max(l.id) FROM vigil.deliveries l WHERE l.execution_id = a.execution_id AND l.destination = a.destination AND l.state = 0)
            FROM unnest($2::text[], $3::text[]) AS a (execution_id, destination))
        ORDER BY d.id FOR UPDATE
        """;

    private const string LeaseSql =
        """
        WITH due AS (
            SELECT id, due_at FROM vigil.deliveries WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
        ), leased AS (
            UPDATE vigil.deliveries d SET worker = $3, due_at = $4, attempts = d.attempts + 1 FROM due WHERE d.id = due.id
            RETURNING d.id, d.destination, d.attempts - 1 AS attempts, d.created_at, d.event_seq, due.due_at
        )
        SELECT l.id, l.destination, l.attempts, l.created_at, e.seq, e.execution_id, e.attempt, e.version, e.type, e.at, e.execution_json
        FROM leased l JOIN vigil.events e ON e.seq = l.event_seq ORDER BY l.due_at, l.id
        """;

    private const string SettleSql =
        """
        UPDATE vigil.deliveries d SET worker = NULL, due_at = a.due_at, error = a.error,
            state = CASE WHEN a.due_at IS NOT NULL THEN 0 WHEN a.error IS NULL THEN 1 ELSE 2 END
        FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[]) AS a (id, worker, due_at, error)
        WHERE d.id = a.id AND d.worker = a.worker AND d.state = 0
        RETURNING d.id
        """;

    // A separate statement, so that it sees a delivery that another silo added before this one got the lock.
    private const string NextSql =
        """
        UPDATE vigil.deliveries d SET due_at = 0
        FROM (SELECT DISTINCT execution_id, destination FROM vigil.deliveries WHERE id = ANY ($1) AND state <> 0) AS s
        WHERE d.due_at IS NULL AND d.id = (
            SELECT min(n.id) FROM vigil.deliveries n WHERE n.execution_id = s.execution_id AND n.destination = s.destination AND n.state = 0)
        RETURNING d.id
        """;

    /// <summary>Locks the rows that new and settled deliveries depend on. Must precede the statements that add or settle deliveries.</summary>
    public static void Lock(PostgresBatch batch, IReadOnlyList<QueuedWrite> writes)
    {
        long[] settled = [.. writes.OfType<SettleDeliveries>().SelectMany(settle => settle.Outcomes).Select(outcome => outcome.Id)];
        var added = writes.OfType<WriteState>().Select(state => state.Write).OfType<ExecutionWrite>()
            .SelectMany(write => write.EventType is null ? [] : write.Subscribers.Select(subscriber => (write.Id, Subscriber: subscriber)))
            .ToList();
        if (settled.Length + added.Count > 0)
        {
            batch.Add(LockSql, null, Numbers(settled), Texts(added.Select(delivery => delivery.Id)), Texts(added.Select(delivery => delivery.Subscriber)));
        }
    }

    public static void Settle(PostgresBatch batch, SettleDeliveries settle)
    {
        // If there are several outcomes of one lease, only the first counts.
        var outcomes = settle.Outcomes.DistinctBy(outcome => (outcome.Id, outcome.Worker)).ToList();
        batch.Add(
            SettleSql,
            null,
            Numbers(outcomes.Select(outcome => outcome.Id)),
            Texts(outcomes.Select(outcome => outcome.Worker)),
            Numbers(outcomes.Select(outcome => outcome.DueAgainAt?.UtcTicks)),
            Messages(outcomes.Select(outcome => outcome.Error)));
        batch.Add(NextSql, null, Numbers(outcomes.Select(outcome => outcome.Id)));
        settle.Succeed(true);
    }

    public static void Lease(PostgresBatch batch, LeaseDeliveries lease) => batch.Add(
        LeaseSql,
        result =>
        {
            var leased = ImmutableArray.CreateBuilder<StoredDelivery>();
            while (result.Read())
            {
                leased.Add(StoreRows.Delivery(result));
            }

            lease.Succeed(leased.DrainToImmutable());
        },
        Number(lease.Now.UtcTicks),
        Number(lease.Limit),
        Text(lease.Worker),
        Number(lease.LeaseUntil.UtcTicks));
}
