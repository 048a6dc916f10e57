using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>How rows become values.</summary>
internal static class SqliteValues
{
    /// <summary>Reads a state from the columns id, json, etag.</summary>
    public static StoredState State(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetFieldValue<byte[]>(1), StoreValues.ETag(reader.GetInt64(2)));

    /// <summary>Reads an event from seven columns that begin at one.</summary>
    public static StoredEvent Event(SqliteDataReader reader, int first) => new(
        reader.GetInt64(first),
        reader.GetString(first + 1),
        reader.GetInt32(first + 2),
        reader.GetInt64(first + 3),
        reader.GetString(first + 4),
        StoreValues.Time(reader.GetInt64(first + 5)),
        reader.GetFieldValue<byte[]>(first + 6));
}
