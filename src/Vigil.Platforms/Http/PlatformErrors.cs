using System.Net;
using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <summary>
/// Classifies failures: whether a retry can help, and whether the platform may have acted. It has certainly not acted if there was no
/// connection or if it returned one of the <see cref="RefusedStatuses"/>; everything else is ambiguous.
/// </summary>
internal static partial class PlatformErrors
{
    public static PlatformError FromStatus(
        string operation, bool acts, HttpResponseMessage response, ErrorDetails details, bool isHtml, TimeSpan? retryAfter)
    {
        var status = (int)response.StatusCode;
        var kind = status switch
        {
            401 => PlatformErrorKind.Credential,
            408 or 429 or >= 500 or < 400 => PlatformErrorKind.Transient,

            // The response comes from a proxy or is a maintenance page, so it must not end a watched execution.
            _ when isHtml && !acts => PlatformErrorKind.Transient,
            _ => PlatformErrorKind.Final,
        };
        var suffix = details.Message is { Length: > 0 } message ? $": {message}" : isHtml ? " and an HTML page" : "";
        return new PlatformError(
            kind, details.Code ?? CodeOf(status), $"{operation} failed with HTTP {status}{suffix}", status, retryAfter, RefusedStatuses.Contains(status));
    }

    public static PlatformError FromException(string operation, HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError => NoConnection(operation, exception.HttpRequestError.ToString()),
        _ => new(PlatformErrorKind.Transient, "connection_lost", $"{operation} failed: the connection was lost ({exception.HttpRequestError})."),
    };

    /// <summary>The connection could not be established, so nothing was sent.</summary>
    public static PlatformError NoConnection(string operation, string cause) =>
        new(PlatformErrorKind.Transient, "no_connection", $"{operation} was not sent: the connection failed ({cause}).", CertainlyNotActedOn: true);

    /// <summary>The request was sent, but a complete response did not arrive in time.</summary>
    public static PlatformError TimedOut(string operation, TimeSpan after) =>
        new(PlatformErrorKind.Transient, "timeout", $"{operation} timed out after {after.TotalSeconds:0.###} s.");

    /// <summary>The response cannot be read or lacks required content, but the platform may have acted.</summary>
    public static PlatformError Unreadable(string operation, string why, HttpStatusCode? status = null) =>
        new(PlatformErrorKind.Transient, "unreadable_answer", $"{operation} returned an unusable response: {PlainText.Of(why)}.", (int?)status);

    /// <summary>Returns a platform's error code in snake_case; null if the text is not a code, such as a sentence.</summary>
    public static string? ToSnakeCase(string? code) =>
        code is not null && Code().IsMatch(code) ? Hump().Replace(code, "_$0").Replace('-', '_').ToLowerInvariant() : null;

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{1,63}\z")]
    private static partial Regex Code();

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex Hump();

    private static string CodeOf(int status) => status switch
    {
        400 => "bad_request",
        401 => "unauthorized",
        402 => "payment_required",
        403 => "forbidden",
        404 => "not_found",
        408 => "timeout",
        409 => "conflict",
        413 => "too_large",
        422 => "invalid",
        429 => "rate_limited",
        >= 500 => "platform_error",
        < 400 => "unexpected_redirect",
        _ => "refused",
    };
}

/// <summary>The code and message of a platform's error body.</summary>
internal readonly record struct ErrorDetails(string? Code, string? Message);
