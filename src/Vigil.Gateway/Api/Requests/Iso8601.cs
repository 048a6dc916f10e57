namespace Vigil.Gateway.Api;

/// <summary>Reads times as the API writes them.</summary>
internal static class Iso8601
{
    public const string Allowed = "must be a time such as 2026-03-10T15:30:00Z.";

    /// <summary>Returns a time; null if the text is not one. Without an offset, it is in UTC.</summary>
    public static DateTimeOffset? Read(string text) =>
        text.Length >= 10 && char.IsAsciiDigit(text[0])
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
