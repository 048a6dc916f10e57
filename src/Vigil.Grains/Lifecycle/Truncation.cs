using System.Text.Encodings.Web;

namespace Vigil.Grains.Lifecycle;

/// <summary>Truncates texts to their limits.</summary>
internal static class Truncation
{
    /// <summary>Truncates JSON text that is too long, and returns what is kept, also if it lacked a part before, as a JSON string within the limit.</summary>
    public static string? CutJson(string? json, int limitBytes, out bool truncated, bool lacksPart = false)
    {
        truncated = json is not null && (lacksPart || Encoding.UTF8.GetByteCount(json) > limitBytes);
        return truncated ? Fit(json!, limitBytes) : json;
    }

    /// <summary>Returns the length of a text in bytes of UTF-8; null of null.</summary>
    public static int? BytesOf(string? text) => text is null ? null : Encoding.UTF8.GetByteCount(text);

    /// <summary>Truncates text that is too long, without splitting a surrogate pair.</summary>
    public static string CutText(string text, int limit) =>
        text.Length <= limit ? text : text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];

    public static ExecutionFailure? Cut(ExecutionFailure? failure) => failure is null ? null : new(
        CutText(failure.Reason, LifecycleLimits.ReasonLength),
        failure.Detail is null ? null : CutText(failure.Detail, LifecycleLimits.DetailLength));

    private static string Fit(string text, int limitBytes)
    {
        // The ratio by which escaping lengthens a text hardly varies within it, so two or three rounds suffice.
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

    /// <summary>Returns a text as a JSON string.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
