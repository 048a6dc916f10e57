using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>
/// The statements that write executions, many at a time. The event, deliveries, payloads, steps and counters of an execution are written by the same
/// statement, only for rows that were actually written, so a refused write changes nothing.
/// </summary>
internal static class PostgresExecutionWrites
{
    // Shared by both statements, as are its parameters $1 to $15.
    private const string RelatedRowsSql =
        """
        , new_events AS (
            INSERT INTO vigil.events (execution_id, attempt, version, type, at, execution_json)
            SELECT t.execution_id, t.attempt, t.version, t.type, t.at, t.json
            FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::bigint[], $7::bytea[]) AS t (execution_id, attempt, version, type, at, json)
            WHERE t.execution_id IN (SELECT id FROM written)
            RETURNING seq, execution_id, at
        ), new_deliveries AS (
            INSERT INTO vigil.deliveries (event_seq, execution_id, destination, state, attempts, created_at, due_at)
            SELECT t.seq, t.execution_id, s.destination, 0, 0, t.at, CASE WHEN EXISTS (
                SELECT FROM vigil.deliveries d WHERE d.execution_id = t.execution_id AND d.destination = s.destination AND d.state = 0) THEN NULL ELSE 0 END
            FROM unnest($8::text[], $9::text[]) AS s (execution_id, destination) JOIN new_events t ON t.execution_id = s.execution_id
        ), new_payloads AS (
            INSERT INTO vigil.payloads (execution_id, name, body)
            SELECT p.execution_id, p.name, p.body FROM unnest($10::text[], $11::text[], $12::text[]) AS p (execution_id, name, body)
            WHERE p.execution_id IN (SELECT id FROM written)
            ON CONFLICT (execution_id, name) DO UPDATE SET body = excluded.body
        ), new_steps AS (
            INSERT INTO vigil.step_summaries (execution_id, place, json)
            SELECT s.execution_id, s.place, s.json FROM unnest($13::text[], $14::int[], $15::bytea[]) AS s (execution_id, place, json)
            WHERE s.execution_id IN (SELECT id FROM written)
            ON CONFLICT (execution_id, place) DO UPDATE SET json = excluded.json
        ), new_counts AS (
            INSERT INTO vigil.counters AS c (store, status, count)
            SELECT $1, change.status, sum(change.delta) FROM (
                SELECT status, 1 AS delta FROM written UNION ALL SELECT status_before, -1 FROM written WHERE status_before IS NOT NULL) AS change
            GROUP BY change.status HAVING sum(change.delta) <> 0
            ON CONFLICT (store, status) DO UPDATE SET count = c.count + excluded.count
        )
        SELECT id, etag FROM written
        """;

    // DO NOTHING: a write whose id exists, or whose remote id another execution has, is refused.
    private const string InsertSql =
        """
        WITH written AS (
            INSERT INTO vigil.executions (id, etag, connection, platform, target_kind, target_id, status, live, pending_work, version, remote_id, owner,
                accepted_at, observed_at, ended_at, deadline_at, json, attention)
            SELECT * FROM unnest($16::text[], $17::bigint[], $18::text[], $19::text[], $20::text[], $21::text[], $22::int[], $23::bool[], $24::int[],
                $25::bigint[], $26::text[], $27::text[], $28::bigint[], $29::bigint[], $30::bigint[], $31::bigint[], $32::bytea[], $33::text[])
            ON CONFLICT DO NOTHING
            RETURNING id, etag, status, status_before
        )
        """ + RelatedRowsSql;

    // The connection, target and acceptance never change. If two transactions take the same remote id concurrently, the later one violates the index.
    private const string UpdateSql =
        """
        WITH written AS (
            UPDATE vigil.executions e SET etag = a.etag, status_before = e.status, status = a.status, live = a.live, pending_work = a.pending_work,
                version = a.version, remote_id = a.remote_id, observed_at = a.observed_at, ended_at = a.ended_at, deadline_at = a.deadline_at, json = a.json,
                attention = a.attention
            FROM unnest($16::text[], $17::bigint[], $18::bigint[], $19::int[], $20::bool[], $21::int[], $22::bigint[], $23::text[], $24::bigint[],
                $25::bigint[], $26::bigint[], $27::bytea[], $28::text[])
                AS a (id, expected, etag, status, live, pending_work, version, remote_id, observed_at, ended_at, deadline_at, json, attention)
            WHERE e.id = a.id AND e.etag = a.expected AND (a.remote_id IS NULL OR a.remote_id IS NOT DISTINCT FROM e.remote_id OR NOT EXISTS (
                SELECT FROM vigil.executions o WHERE o.connection = e.connection AND o.remote_id = a.remote_id AND o.id <> e.id))
            RETURNING e.id, e.etag, e.status, e.status_before
        )
        """ + RelatedRowsSql;

    /// <summary>Adds first writes of different executions.</summary>
    public static void Insert(PostgresBatch batch, string store, IReadOnlyList<ExecutionWrite> writes, Action<NpgsqlDataReader> written) => batch.Add(
        InsertSql,
        written,
        [
            .. RelatedRowsOf(store, writes),
            Texts(writes.Select(write => write.Id)),
            Numbers(writes.Select(_ => StoreValues.NewETag())),
            Texts(writes.Select(write => write.Connection)),
            Texts(writes.Select(write => write.Platform)),
            Texts(writes.Select(write => write.TargetKind)),
            Texts(writes.Select(write => write.TargetId)),
            Integers(writes.Select(write => (int)write.Status)),
            Flags(writes.Select(write => write.Live)),
            Integers(writes.Select(write => (int)write.PendingWork)),
            Numbers(writes.Select(write => write.Version)),
            Texts(writes.Select(write => write.RemoteId)),
            Texts(writes.Select(write => write.Owner ?? "")),
            Numbers(writes.Select(write => write.AcceptedAt.UtcTicks)),
            Numbers(writes.Select(write => write.ObservedAt?.UtcTicks)),
            Numbers(writes.Select(write => write.EndedAt?.UtcTicks)),
            Numbers(writes.Select(write => write.DeadlineAt.UtcTicks)),
            Blobs(writes.Select(write => write.Json)),
            Texts(writes.Select(write => write.Attention)),
        ]);

    /// <summary>Adds later writes of different executions.</summary>
    public static void Update(PostgresBatch batch, string store, IReadOnlyList<ExecutionWrite> writes, Action<NpgsqlDataReader> written) => batch.Add(
        UpdateSql,
        written,
        [
            .. RelatedRowsOf(store, writes),
            Texts(writes.Select(write => write.Id)),
            Numbers(writes.Select(write => StoreValues.ETag(write.ExpectedETag!))),
            Numbers(writes.Select(_ => StoreValues.NewETag())),
            Integers(writes.Select(write => (int)write.Status)),
            Flags(writes.Select(write => write.Live)),
            Integers(writes.Select(write => (int)write.PendingWork)),
            Numbers(writes.Select(write => write.Version)),
            Texts(writes.Select(write => write.RemoteId)),
            Numbers(writes.Select(write => write.ObservedAt?.UtcTicks)),
            Numbers(writes.Select(write => write.EndedAt?.UtcTicks)),
            Numbers(writes.Select(write => write.DeadlineAt.UtcTicks)),
            Blobs(writes.Select(write => write.Json)),
            Texts(writes.Select(write => write.Attention)),
        ]);

    public static void SetOwner(PostgresBatch batch, SetOwner set) => batch.Add(
        """
        WITH updated AS (UPDATE vigil.executions SET owner = $1 WHERE id = ANY ($2) AND owner <> $1 RETURNING id)
        SELECT count(*) FROM updated
        """,
        _ => set.Succeed(true),
        Text(set.Owner),
        Texts(set.ExecutionIds));

    private static NpgsqlParameter[] RelatedRowsOf(string store, IReadOnlyList<ExecutionWrite> writes)
    {
        var events = writes.Where(write => write.EventType is not null).ToList();
        var deliveries = events.SelectMany(write => write.Subscribers.Distinct().Select(subscriber => (write.Id, Subscriber: subscriber))).ToList();
        var payloads = writes.SelectMany(write => write.Payloads.Select(payload => (write.Id, payload.Name, payload.Text))).ToList();
        var steps = writes.SelectMany(write => write.Steps.Select(step => (write.Id, Step: step))).ToList();
        return
        [
            Text(store),
            Texts(events.Select(write => write.Id)),
            Integers(events.Select(write => write.Attempt)),
            Numbers(events.Select(write => write.Version)),
            Texts(events.Select(write => write.EventType)),
            Numbers(events.Select(write => write.EventAt.UtcTicks)),
            Blobs(events.Select(write => write.EventJson)),
            Texts(deliveries.Select(delivery => delivery.Id)),
            Texts(deliveries.Select(delivery => delivery.Subscriber)),
            Texts(payloads.Select(payload => payload.Id)),
            Texts(payloads.Select(payload => payload.Name)),
            Texts(payloads.Select(payload => payload.Text)),
            Texts(steps.Select(row => row.Id)),
            Integers(steps.Select(row => row.Step.Place)),
            Blobs(steps.Select(row => row.Step.Json)),
        ];
    }
}
