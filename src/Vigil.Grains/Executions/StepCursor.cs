using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Vigil.Storage;

namespace Vigil.Grains.Executions;

/// <summary>Where a page of an execution's steps begins. Steps keep their places, so a cursor stays right while the run goes on; it is valid for that execution alone.</summary>
internal static class StepCursor
{
    private const byte Format = 1;
    private const int HashBytes = 8;
    private const int Bytes = 1 + HashBytes + sizeof(int);

    /// <summary>Writes the cursor of the step at a place.</summary>
    public static string Write(string executionId, int place)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Format;
        Hash(executionId).CopyTo(bytes[1..]);
        BinaryPrimitives.WriteInt32BigEndian(bytes[^sizeof(int)..], place);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads the place that a cursor points to.</summary>
    /// <exception cref="InvalidCursorException">It is not a cursor of this execution's steps.</exception>
    public static int Read(string cursor, string executionId)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        return cursor.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, bytes, out var written) && written == Bytes
            && bytes[0] == Format && bytes.Slice(1, HashBytes).SequenceEqual(Hash(executionId))
            && BinaryPrimitives.ReadInt32BigEndian(bytes[^sizeof(int)..]) is var place and >= 0
            ? place
            : throw new InvalidCursorException(cursor);
    }

    private static ReadOnlySpan<byte> Hash(string executionId) => SHA256.HashData(Encoding.UTF8.GetBytes($"steps|{executionId}")).AsSpan(0, HashBytes);
}
