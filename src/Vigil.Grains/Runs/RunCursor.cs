using System.Buffers.Text;
using Vigil.Grains.Recovery;

namespace Vigil.Grains.Runs;

/// <summary>The cursor of a platform's list of runs: the platform's own, with a hash that binds it to the connection and the filter.</summary>
internal static class RunCursor
{
    private const int HashLength = 16;

    public static string Write(string connection, RunFilter filter, string position) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(HashOf(connection, filter, position) + position));

    /// <summary>Returns the platform's cursor; null if there is none.</summary>
    /// <exception cref="InvalidRequestException">The cursor is malformed or belongs to another list.</exception>
    public static string? Read(string connection, RunFilter filter, string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        var text = Base64Url.IsValid(cursor) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) : "";
        return text.Length > HashLength && text[HashLength..] is var position && text.StartsWith(HashOf(connection, filter, position), StringComparison.Ordinal)
            ? position
            : throw new InvalidRequestException([new("cursor", $"'{cursor}' is not a valid cursor for this list.")]);
    }

    private static string HashOf(string connection, RunFilter filter, string position)
    {
        FormattableString list =
            $"{connection}|{filter.Kind}|{string.Join(',', filter.Statuses)}|{string.Join(',', filter.Targets)}|{filter.Version}|{filter.CreatedAfter:O}|{filter.CreatedBefore:O}|{filter.Trigger}|{position}";
        return IdHash.Of(FormattableString.Invariant(list)).ToString("x16", CultureInfo.InvariantCulture);
    }
}
