using System.Globalization;
using System.Runtime.InteropServices;

namespace Vigil.Storage;

/// <summary>How values look in any of the databases.</summary>
internal static class StoreValues
{
    /// <summary>Makes an ETag that no row has had before.</summary>
    public static long NewETag() => Random.Shared.NextInt64(1, long.MaxValue);

    public static string ETag(long stored) => stored.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads an ETag; one that this store never gave matches no row.</summary>
    public static long ETag(string given) => long.TryParse(given, CultureInfo.InvariantCulture, out var etag) ? etag : 0;

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>Gives bytes as the client libraries take them; it copies nothing where the array is theirs alone.</summary>
    public static byte[] Blob(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array is { } whole && segment.Count == whole.Length ? whole : bytes.ToArray();
}
