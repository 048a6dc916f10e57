using System.Buffers;

namespace Vigil.Platforms;

/// <summary>
/// Keeps control and bidirectional characters of platforms out of logs and the API, where they could forge lines or reverse what is shown.
/// </summary>
internal static class PlainText
{
    private static readonly SearchValues<char> Hidden = SearchValues.Create(
    [
        .. Enumerable.Range(0, char.MaxValue).Select(code => (char)code).Where(char.IsControl),
        .. "\u061C\u200E\u200F\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069",
    ]);

    public static bool IsPlain(string text) => !text.AsSpan().ContainsAny(Hidden);

    /// <summary>Returns a text for people on one line: line breaks and tabs become spaces, other hidden characters become U+FFFD.</summary>
    public static string Of(string text) => Replace(text, static (line, c) => line.Append(IsBreak(c) ? ' ' : '\uFFFD'));

    /// <summary>Escapes hidden characters in JSON text, which keeps its meaning: outside of strings there are only line breaks and tabs.</summary>
    public static string InJson(string json) =>
        Replace(json, static (text, c) => _ = c is '\n' or '\r' or '\t' ? text.Append(c) : text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"));

    /// <summary>Cuts a text to a maximum length, not within a surrogate pair: the store rejects an unpaired surrogate.</summary>
    public static string Cut(string text, int maxLength) =>
        text.Length <= maxLength ? text : text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];

    private static bool IsBreak(char c) => c is '\n' or '\r' or '\t' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029';

    private static string Replace(string text, Action<StringBuilder, char> append)
    {
        if (IsPlain(text))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Hidden.Contains(c))
            {
                append(plain, c);
            }
            else
            {
                plain.Append(c);
            }
        }

        return plain.ToString();
    }
}
