using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>The statements for reminders.</summary>
internal static class PostgresReminders
{
    private const string Columns = "SELECT grain_id, grain_hash, name, start_at, period, etag FROM vigil.reminders ";

    private const string Upsert =
        """
        INSERT INTO vigil.reminders (grain_id, grain_hash, name, start_at, period, etag) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (grain_id, name) DO UPDATE SET grain_hash = excluded.grain_hash, start_at = excluded.start_at, period = excluded.period, etag = excluded.etag
        RETURNING etag
        """;

    public static Task<StoredReminder?> ReadAsync(NpgsqlConnection connection, string grainId, string name, CancellationToken cancellationToken) =>
        connection.FirstAsync(Columns + "WHERE grain_id = $1 AND name = $2", StoreRows.Reminder, cancellationToken, Text(grainId), Text(name));

    public static Task<ImmutableArray<StoredReminder>> ReadAsync(NpgsqlConnection connection, string grainId, CancellationToken cancellationToken) =>
        connection.AllAsync(Columns + "WHERE grain_id = $1 ORDER BY name", StoreRows.Reminder, cancellationToken, Text(grainId));

    public static Task<ImmutableArray<StoredReminder>> ReadAsync(NpgsqlConnection connection, uint begin, uint end, CancellationToken cancellationToken) =>
        connection.AllAsync(
            Columns + $"WHERE grain_hash > $1 {(begin < end ? "AND" : "OR")} grain_hash <= $2", StoreRows.Reminder, cancellationToken, Number(begin), Number(end));

    public static void Put(PostgresBatch batch, PutReminder put) => batch.Add(
        Upsert,
        result =>
        {
            result.Read();
            put.Succeed(StoreValues.ETag(result.GetInt64(0)));
        },
        Text(put.Reminder.GrainId),
        Number(put.Reminder.GrainHash),
        Text(put.Reminder.Name),
        Number(put.Reminder.StartAt.Ticks),
        Number(put.Reminder.Period.Ticks),
        Number(StoreValues.NewETag()));

    public static void Remove(PostgresBatch batch, RemoveReminder remove) => batch.Add(
        "DELETE FROM vigil.reminders WHERE grain_id = $1 AND name = $2 AND etag = $3 RETURNING etag",
        result => remove.Succeed(result.Read()),
        Text(remove.GrainId),
        Text(remove.Name),
        Number(StoreValues.ETag(remove.ETag)));
}
