using System.Buffers;
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

    /// <summary>Puts steps that have rows of their own into the state's list of them, which is empty in the state itself.</summary>
    public static byte[] WithSteps(byte[] json, IReadOnlyList<byte[]> steps)
    {
        var whole = new ArrayBufferWriter<byte>(json.Length + steps.Sum(step => step.Length + 1) + 16);
        whole.Write(json.AsSpan(0, json.AsSpan().LastIndexOf((byte)'}')));
        whole.Write(",\"steps\":["u8);
        for (var i = 0; i < steps.Count; i++)
        {
            whole.Write(i == 0 ? ""u8 : ","u8);
            whole.Write(steps[i]);
        }

        whole.Write("]}"u8);
        return whole.WrittenSpan.ToArray();
    }

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>Gives bytes as the client libraries take them; it copies nothing where the array is theirs alone.</summary>
    public static byte[] Blob(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array is { } whole && segment.Count == whole.Length ? whole : bytes.ToArray();
}
