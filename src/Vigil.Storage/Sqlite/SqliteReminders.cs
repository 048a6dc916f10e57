namespace Vigil.Storage.Sqlite;

/// <summary>The statements for reminders.</summary>
internal static class SqliteReminders
{
    private const string Columns = "SELECT grain_id, grain_hash, name, start_at, period, etag FROM reminders ";

    // With an OR instead of the UNION, SQLite would scan the whole table.
    public const string RangeSql = Columns + "WHERE grain_hash > $begin AND grain_hash <= $end";
    public const string WrappedRangeSql = Columns + "WHERE grain_hash > $begin UNION ALL " + Columns + "WHERE grain_hash <= $end";

    private const string Upsert =
        """
        INSERT INTO reminders (grain_id, grain_hash, name, start_at, period, etag) VALUES ($grain, $hash, $name, $start, $period, $etag)
        ON CONFLICT (grain_id, name) DO UPDATE SET grain_hash = excluded.grain_hash, start_at = excluded.start_at, period = excluded.period, etag = excluded.etag
        """;

    public static StoredReminder? Read(SqliteSession session, string grainId, string name) =>
        session.All(Columns + "WHERE grain_id = $grain AND name = $name", StoreRows.Reminder, ("$grain", grainId), ("$name", name)).FirstOrDefault();

    public static ImmutableArray<StoredReminder> Read(SqliteSession session, string grainId) =>
        session.All(Columns + "WHERE grain_id = $grain ORDER BY name", StoreRows.Reminder, ("$grain", grainId));

    public static ImmutableArray<StoredReminder> Read(SqliteSession session, uint begin, uint end) =>
        session.All(begin < end ? RangeSql : WrappedRangeSql, StoreRows.Reminder, ("$begin", (long)begin), ("$end", (long)end));

    public static string Put(SqliteSession session, StoredReminder reminder)
    {
        var etag = StoreValues.NewETag();
        session.Execute(
            Upsert,
            ("$grain", reminder.GrainId),
            ("$hash", (long)reminder.GrainHash),
            ("$name", reminder.Name),
            ("$start", reminder.StartAt.Ticks),
            ("$period", reminder.Period.Ticks),
            ("$etag", etag));
        return StoreValues.ETag(etag);
    }

    public static bool Remove(SqliteSession session, RemoveReminder remove) => session.Execute(
        "DELETE FROM reminders WHERE grain_id = $grain AND name = $name AND etag = $etag",
        ("$grain", remove.GrainId),
        ("$name", remove.Name),
        ("$etag", StoreValues.ETag(remove.ETag))) > 0;
}
