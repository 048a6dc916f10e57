using System.Data.Common;

namespace Vigil.Storage;

/// <summary>Reads rows of either database.</summary>
internal static class StoreRows
{
    /// <summary>Reads a state from the columns id, json, etag.</summary>
    public static StoredState State(DbDataReader row) => new(row.GetString(0), row.GetFieldValue<byte[]>(1), StoreValues.ETag(row.GetInt64(2)));

    /// <summary>Reads a state with its cursor from the columns of a state, accepted_at and row.</summary>
    public static (StoredState State, PageCursor Cursor) Listed(DbDataReader row) => (State(row), new(row.GetInt64(3), row.GetInt64(4)));

    /// <summary>Reads an event from the columns seq, execution_id, attempt, version, type, at, execution_json.</summary>
    public static StoredEvent Event(DbDataReader row) => Event(row, first: 0);

    /// <summary>Reads a delivery from the columns id, destination, attempts, created_at and those of its event.</summary>
    public static StoredDelivery Delivery(DbDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), Event(row, first: 4), row.GetInt32(2), StoreValues.Time(row.GetInt64(3)));

    /// <summary>Reads a reminder from the columns grain_id, grain_hash, name, start_at, period, etag.</summary>
    public static StoredReminder Reminder(DbDataReader row) => new(
        row.GetString(0),
        (uint)row.GetInt64(1),
        row.GetString(2),
        new(row.GetInt64(3), DateTimeKind.Utc),
        TimeSpan.FromTicks(row.GetInt64(4)),
        StoreValues.ETag(row.GetInt64(5)));

    private static StoredEvent Event(DbDataReader row, int first) => new(
        row.GetInt64(first),
        row.GetString(first + 1),
        row.GetInt32(first + 2),
        row.GetInt64(first + 3),
        row.GetString(first + 4),
        StoreValues.Time(row.GetInt64(first + 5)),
        row.GetFieldValue<byte[]>(first + 6));
}
