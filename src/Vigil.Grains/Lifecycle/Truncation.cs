using System.Text.Encodings.Web;

namespace Vigil.Grains.Lifecycle;

/// <summary>Keeps texts within their limits.</summary>
internal static class Truncation
{
    /// <summary>Cuts JSON text that is too long; what is kept of it is then a JSON string, itself within the limit.</summary>
    public static string? CutJson(string? json, int limitBytes, out bool truncated)
    {
        truncated = json is not null && Encoding.UTF8.GetByteCount(json) > limitBytes;
        return truncated ? Fit(json!, limitBytes) : json;
    }

    /// <summary>Cuts plain text that is too long, between two characters.</summary>
    public static string CutText(string text, int limit) =>
        text.Length <= limit ? text : text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];

    /// <summary>Keeps a failure's texts within their limits.</summary>
    public static ExecutionFailure? Cut(ExecutionFailure? failure) => failure is null ? null : new(
        CutText(failure.Reason, LifecycleLimits.ReasonLength),
        failure.Detail is null ? null : CutText(failure.Detail, LifecycleLimits.DetailLength));

    private static string Fit(string text, int limitBytes)
    {
        // Escaping makes text longer by a ratio that hardly varies within it, so two or three rounds are enough.
        var kept = CutText(text, limitBytes);
        while (true)
        {
            var quoted = Quote(kept);
            var bytes = Encoding.UTF8.GetByteCount(quoted);
            if (bytes <= limitBytes)
            {
                return quoted;
            }

            kept = CutText(kept, Math.Max(1, (int)((long)kept.Length * limitBytes / bytes) - 2));
        }
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
