namespace Vigil.Platforms;

/// <summary>Reads the platforms' times as UTC, with full precision.</summary>
internal static class PlatformTime
{
    private const int MaxFraction = 7;

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    /// <summary>Reads ISO 8601 with <c>Z</c>, an offset or neither (then it is UTC); anything else is null.</summary>
    public static DateTimeOffset? FromText(string? text) =>
        text is not null && DateTimeOffset.TryParseExact(
            Shorten(text), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    /// <summary>Reads milliseconds since 1970; null if out of range.</summary>
    public static DateTimeOffset? FromEpochMilliseconds(long? milliseconds) =>
        milliseconds is { } value && value >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && value <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(value)
            : null;

    /// <summary>Converts a time from a clock that is ahead of ours; returns it unchanged if the result would be out of range.</summary>
    public static DateTimeOffset? ToOurClock(DateTimeOffset? time, TimeSpan ahead) =>
        time is { } theirs && theirs.UtcTicks - ahead.Ticks is var ticks && ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : time;

    // Cuts the fraction to seven digits, the precision of a tick.
    private static string Shorten(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return text;
        }

        var end = dot + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - dot - 1 <= MaxFraction ? text : string.Concat(text.AsSpan(0, dot + 1 + MaxFraction), text.AsSpan(end));
    }
}
