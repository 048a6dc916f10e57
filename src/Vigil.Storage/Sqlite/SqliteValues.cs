using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>How rows become values.</summary>
internal static class SqliteValues
{
    /// <summary>Reads a state from the columns id, json, etag.</summary>
    public static StoredState State(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetFieldValue<byte[]>(1), StoreValues.ETag(reader.GetInt64(2)));
}
