namespace Vigil.Platforms;

/// <summary>Reads the platforms' times as UTC, with full precision.</summary>
internal static class PlatformTime
{
    private const int MaxFraction = 7;

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    // Platforms write 0, 0001-01-01 or 1970-01-01 where there is no time.
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    /// <summary>
    /// Reads ISO 8601 in either letter case with <c>Z</c>, <c>UTC</c>, an offset or none of these (then it is UTC), or milliseconds since 1970 in digits;
    /// anything else is null.
    /// </summary>
    public static DateTimeOffset? FromText(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var iso = text.Trim().ToUpperInvariant();
        iso = iso.EndsWith(" UTC", StringComparison.Ordinal) || iso.EndsWith(" GMT", StringComparison.Ordinal) ? $"{iso.AsSpan(0, iso.Length - 4)}Z" : iso;
        return DateTimeOffset.TryParseExact(
            Shorten(iso), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
            : decimal.TryParse(iso, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds) ? FromEpochMilliseconds(milliseconds)
            : null;
    }

    /// <summary>Reads milliseconds since 1970; null if out of range.</summary>
    public static DateTimeOffset? FromEpochMilliseconds(decimal milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond))
            : null;

    /// <summary>
    /// Converts a time from a clock that is ahead of ours. Null if it stands for no time: it is before 2000, or more than a day after the answer that told it.
    /// </summary>
    public static DateTimeOffset? ToOurClock(DateTimeOffset? time, TimeSpan ahead, DateTimeOffset? receivedAt) =>
        time is { } theirs && theirs >= Earliest && theirs.UtcTicks - ahead.Ticks is var ticks && ticks >= Earliest.Ticks && !(ticks > (receivedAt + MaxAhead)?.UtcTicks)
            && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;

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
