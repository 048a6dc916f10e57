using System.Text.Unicode;

namespace Vigil.Platforms;

/// <summary>Finds out how a body is encoded. JSON is UTF-8 by definition, so a declared charset is believed only of bytes that are not.</summary>
internal static class BodyEncoding
{
    private static readonly UTF32Encoding BigEndianUtf32 = new(bigEndian: true, byteOrderMark: true);

    /// <summary>Returns the encoding; null if it is UTF-8.</summary>
    public static Encoding? Of(ReadOnlySpan<byte> body, MediaTypeHeaderValue? type) =>
        WideOf(body) is { } wide ? wide
        : Utf8.IsValid(body) ? null

        // One invalid byte in a name must not make a run unreadable: it becomes a replacement character.
        : type?.CharSet?.Trim('"', '\'') is { Length: > 0 } name ? Named(name) ?? Encoding.UTF8
        : Encoding.UTF8;

    // By the byte order mark, or by the zero bytes of the first characters, which are ASCII in JSON.
    private static Encoding? WideOf(ReadOnlySpan<byte> body) => body switch
    {
        [0xFF, 0xFE, 0, 0, ..] or [not 0, 0, 0, 0, ..] => Encoding.UTF32,
        [0xFF, 0xFE, ..] or [not 0, 0, not 0, 0, ..] => Encoding.Unicode,
        [0xFE, 0xFF, ..] or [0, not 0, 0, not 0, ..] => Encoding.BigEndianUnicode,
        [0, 0, 0xFE, 0xFF, ..] or [0, 0, 0, not 0, ..] => BigEndianUtf32,
        _ => null,
    };

    /// <summary>Returns an encoding in which ASCII characters are single bytes; null if the name is unknown, or is that of one that .NET refuses.</summary>
    private static Encoding? Named(string name)
    {
        try
        {
            var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
            return encoding.GetByteCount("{") == 1 ? encoding : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
