using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>How values look in the database.</summary>
internal static class SqliteValues
{
    /// <summary>Makes an ETag that no row has had before.</summary>
    public static long NewETag() => Random.Shared.NextInt64(1, long.MaxValue);

    public static string ETag(long stored) => stored.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads an ETag; one that this store never gave matches no row.</summary>
    public static long ETag(string given) => long.TryParse(given, CultureInfo.InvariantCulture, out var etag) ? etag : 0;

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>Gives bytes as the client library takes them; it copies nothing where the array is theirs alone.</summary>
    public static byte[] Blob(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array is { } whole && segment.Count == whole.Length ? whole : bytes.ToArray();

    /// <summary>Reads a state from the columns id, json, etag.</summary>
    public static StoredState State(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetFieldValue<byte[]>(1), ETag(reader.GetInt64(2)));
}
