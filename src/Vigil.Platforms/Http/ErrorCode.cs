using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <summary>A platform's error code in Vigil's form.</summary>
internal static partial class ErrorCode
{
    /// <summary>Returns the code in snake_case; null if the text is not a code, such as a sentence.</summary>
    public static string? Of(string? text) =>
        text is not null && Code().IsMatch(text) ? Hump().Replace(text, "_$0").Replace('-', '_').ToLowerInvariant() : null;

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{1,63}\z")]
    private static partial Regex Code();

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex Hump();
}
