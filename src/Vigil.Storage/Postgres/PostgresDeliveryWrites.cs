using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>
/// The statements that keep what is owed to subscribers. Only the first open delivery of an execution to a destination has a due time, so
/// order holds and a destination that is down costs nothing while it waits.
/// </summary>
internal static class PostgresDeliveryWrites
{
    // A new delivery is due at once where none before it is open, and settling makes the next one due: the second of the two must see
    // what the first did. So both lock the row they depend on before the statement that looks - the last open one, and the one to settle with the one
    // after it - and in the order of their ids, so that two silos never wait for each other.
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

    // A statement of its own, so that it sees a delivery that another silo added before we got the lock.
    private const string NextSql =
        """
        UPDATE vigil.deliveries d SET due_at = 0
        FROM (SELECT DISTINCT execution_id, destination FROM vigil.deliveries WHERE id = ANY ($1) AND state <> 0) AS s
        WHERE d.due_at IS NULL AND d.id = (
            SELECT min(n.id) FROM vigil.deliveries n WHERE n.execution_id = s.execution_id AND n.destination = s.destination AND n.state = 0)
        RETURNING d.id
        """;

    /// <summary>Locks what the transaction's settling and telling depend on. It comes before both.</summary>
    public static void Lock(PostgresBatch batch, IReadOnlyList<QueuedWrite> writes)
    {
        long[] settled = [.. writes.OfType<SettleDeliveries>().SelectMany(settle => settle.Outcomes).Select(outcome => outcome.Id)];
        var owed = writes.OfType<WriteState>().Select(state => state.Write).OfType<ExecutionWrite>()
            .SelectMany(write => write.EventType is null ? [] : write.Subscribers.Select(subscriber => (write.Id, Subscriber: subscriber)))
            .ToList();
        if (settled.Length + owed.Count > 0)
        {
            batch.Add(LockSql, null, Numbers(settled), Texts(owed.Select(one => one.Id)), Texts(owed.Select(one => one.Subscriber)));
        }
    }

    public static void Settle(PostgresBatch batch, SettleDeliveries settle)
    {
        // Two outcomes of one lease contradict each other; the first holds, as it would alone.
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
