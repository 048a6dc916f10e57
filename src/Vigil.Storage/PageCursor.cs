using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Vigil.Storage;

/// <summary>The position after one row of a list of executions. It is valid only for the query that returned it.</summary>
/// <param name="At">The time by which the list is ordered, of the last row of the previous page, in ticks.</param>
/// <param name="Row">The number of that row.</param>
internal readonly record struct PageCursor(long At, long Row)
{
    private const byte Format = 1;
    private const int HashBytes = 8;
    private const int Bytes = 1 + HashBytes + sizeof(long) + sizeof(long);

    /// <summary>Parses the cursor of a query; null if the query has none.</summary>
    /// <exception cref="InvalidCursorException">It is malformed or belongs to another query.</exception>
    public static PageCursor? Of(ExecutionQuery query)
    {
        if (query.Cursor is not { } text)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Bytes];
        Span<byte> hash = stackalloc byte[HashBytes];
        Hash(query, hash);
        return IsBase64Url(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == Bytes
            && bytes[0] == Format && bytes.Slice(1, HashBytes).SequenceEqual(hash)
            ? new(BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + HashBytes)..]), BinaryPrimitives.ReadInt64BigEndian(bytes[^sizeof(long)..]))
            : throw new InvalidCursorException(text);
    }

    /// <summary>Makes a page from the query's rows, of which there is one more than the page size if another page follows.</summary>
    public static ExecutionPage PageOf(ExecutionQuery query, ImmutableArray<(StoredState State, PageCursor Cursor)> rows) => new(
        [.. rows.Take(query.PageSize).Select(row => row.State)], rows.Length > query.PageSize ? rows[query.PageSize - 1].Cursor.For(query) : null);

    /// <summary>Returns the number of rows before the query's page.</summary>
    public static int SkipOf(ExecutionQuery query) => ((query.Page ?? 1) - 1) * query.PageSize;

    /// <summary>
    /// Returns the statuses whose index ranges are read and merged; empty to read a single range over all. Lists by target and in the order of the end have
    /// only indexes that begin with the status.
    /// </summary>
    public static ImmutableArray<ExecutionStatus> StatusesOf(ExecutionQuery query)
    {
        IEnumerable<ExecutionStatus> all = (query.OrderBy, query.TargetId) switch
        {
            (ExecutionOrder.EndedAt, _) => Enum.GetValues<ExecutionStatus>().Where(status => status.IsTerminal()),
            (_, not null) => Enum.GetValues<ExecutionStatus>(),
            _ => [],
        };
        return query.Statuses.IsEmpty ? [.. all] : [.. query.Statuses.Distinct().Order()];
    }

    private string For(ExecutionQuery query)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Format;
        Hash(query, bytes.Slice(1, HashBytes));
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + HashBytes)..], At);
        BinaryPrimitives.WriteInt64BigEndian(bytes[^sizeof(long)..], Row);
        return Base64Url.EncodeToString(bytes);
    }

    private static bool IsBase64Url(string text) => text.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.IsValid(text);

    private static void Hash(ExecutionQuery query, Span<byte> hash)
    {
        var filter = $"{string.Join(',', query.Statuses.Distinct().Order().Select(status => (int)status))}|{query.Connection}";
        filter += query.Attention switch { null => "", true => "|attention", false => "|no attention" };
        if (query.TargetId is not null || query.OrderBy != default || query.Ascending)
        {
            filter += $"|{(int)query.OrderBy}{(query.Ascending ? '+' : '-')}|{query.TargetId}";
        }

        SHA256.HashData(Encoding.UTF8.GetBytes(filter)).AsSpan(0, HashBytes).CopyTo(hash);
    }
}
