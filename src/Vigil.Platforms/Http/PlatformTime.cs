using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <summary>Reads the platforms' times as UTC, with full precision.</summary>
internal static partial class PlatformTime
{
    private const int MaxFraction = 7;

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];
    private static readonly string[] PlainFormats = ["yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd HH:mm.FFFFFFFzzz", "d MMM yyyy HH:mm:ss.FFFFFFFzzz"];

    // Up to which number a time counts this many ticks: seconds, milliseconds and microseconds reach the year 5138, the rest are nanoseconds.
    private static readonly (decimal Below, decimal Ticks)[] Units =
        [(1e11m, TimeSpan.TicksPerSecond), (1e14m, TimeSpan.TicksPerMillisecond), (1e17m, TimeSpan.TicksPerMicrosecond), (decimal.MaxValue, 0.01m)];

    // Platforms write 0, 0001-01-01 or 1970-01-01 where there is no time.
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    /// <summary>
    /// Reads ISO 8601, Go's form of it or RFC 1123, in either letter case, with <c>Z</c>, <c>UTC</c>, an offset or none of these (then it is UTC), or the
    /// time since 1970 in digits; anything else is null.
    /// </summary>
    public static DateTimeOffset? FromText(string? text) =>
        text is null ? null
        : Parse(text, Formats) ?? (Spelling().Match(text) is { Success: true } match ? Parse(PlainOf(match), PlainFormats) : null)
            ?? (decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? FromEpoch(number) : null);

    /// <summary>Reads seconds, milliseconds, microseconds or nanoseconds since 1970, which differ so much that the number says which it is; null if out of range.</summary>
    public static DateTimeOffset? FromEpoch(decimal number)
    {
        // Far beyond what a tick's number can hold.
        if (Math.Abs(number) > 1e22m)
        {
            return null;
        }

        var ticks = DateTimeOffset.UnixEpoch.Ticks + (number * Units.First(unit => Math.Abs(number) < unit.Below).Ticks);
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : null;
    }

    /// <summary>
    /// Converts a time from a clock that is ahead of ours. Null if it stands for no time: it is before 2000, or more than a day after the answer that told it.
    /// </summary>
    public static DateTimeOffset? ToOurClock(DateTimeOffset? time, TimeSpan ahead, DateTimeOffset? receivedAt) =>
        time is { } theirs && theirs >= Earliest && theirs.UtcTicks - ahead.Ticks is var ticks && ticks >= Earliest.Ticks && !(ticks > (receivedAt + MaxAhead)?.UtcTicks)
            && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;

    private static DateTimeOffset? Parse(string text, string[] formats) =>
        DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    // The fraction is cut to the precision of a tick, and the offset is completed.
    private static string PlainOf(Match match)
    {
        var fraction = match.Groups["fraction"].ValueSpan;
        var zone = match.Groups["zone"].ValueSpan;
        var offset = zone.IsEmpty || char.IsAsciiLetter(zone[0]) ? "+00:00" : zone.Length == 3 ? $"{zone}:00" : $"{zone[..3]}:{zone[^2..]}";
        return $"{match.Groups["date"].ValueSpan} {match.Groups["time"].ValueSpan}{(fraction.IsEmpty ? "" : ".")}{fraction[..Math.Min(fraction.Length, MaxFraction)]}{offset}";
    }

    // Go adds the zone's name to the offset, and the reading of its monotonic clock.
    [GeneratedRegex(
        @"\A\s*(?:[a-z]{3},\s+)?(?<date>\d{4}-\d\d-\d\d|\d{1,2}\s[a-z]{3}\s\d{4})[t\s](?<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?<fraction>\d+))?"
            + @"(?:\s*(?<zone>z|utc|gmt|[+-]\d\d(?::?\d\d)?)(?:\s+[a-z]{3,5})?(?:\s+m=\S+)?)?\s*\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Spelling();
}
