using System.Buffers;
using System.Runtime.InteropServices;

namespace Vigil.Storage;

/// <summary>Converts values for either database.</summary>
internal static class StoreValues
{
    /// <summary>Returns a random ETag, so that no two versions of a row have the same.</summary>
    public static long NewETag() => Random.Shared.NextInt64(1, long.MaxValue);

    public static string ETag(long stored) => stored.ToString(CultureInfo.InvariantCulture);

    /// <summary>Parses an ETag; a malformed one becomes 0, which matches no row.</summary>
    public static long ETag(string given) => long.TryParse(given, CultureInfo.InvariantCulture, out var etag) ? etag : 0;

    /// <summary>Adds steps that are stored in rows of their own to the state's JSON, as its member <c>steps</c>.</summary>
    public static byte[] WithSteps(byte[] json, IReadOnlyList<byte[]> steps)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length + steps.Sum(step => step.Length + 1) + 16);
        buffer.Write(json.AsSpan(0, json.AsSpan().LastIndexOf((byte)'}')));
        buffer.Write(",\"steps\":["u8);
        for (var i = 0; i < steps.Count; i++)
        {
            buffer.Write(i == 0 ? ""u8 : ","u8);
            buffer.Write(steps[i]);
        }

        buffer.Write("]}"u8);
        return buffer.WrittenSpan.ToArray();
    }

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>Returns the bytes as an array, without copying if they span a whole array.</summary>
    public static byte[] Blob(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array is { } array && segment.Count == array.Length ? array : bytes.ToArray();
}
