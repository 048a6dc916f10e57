using System.Net;

namespace Vigil.Platforms;

/// <summary>
/// Classifies failures: whether a retry can help, and whether the platform may have acted. It has certainly not acted if there was no
/// connection or if it answered with one of the <see cref="RefusedStatuses"/>; everything else is ambiguous.
/// </summary>
internal static class PlatformErrors
{
    /// <summary>Classifies an answer that is not a success.</summary>
    /// <param name="operation">What was requested, for people to read.</param>
    /// <param name="acts">Whether the request changes something on the platform.</param>
    /// <param name="response">The answer's status and headers.</param>
    /// <param name="words">The code and message in the answer's body, if it is readable.</param>
    /// <param name="isHtml">Whether the body is a web page.</param>
    /// <param name="retryAfter">How long the platform asks to wait before the next request.</param>
    public static PlatformError FromStatus(
        string operation, bool acts, HttpResponseMessage response, ErrorWords words, bool isHtml, TimeSpan? retryAfter)
    {
        var status = (int)response.StatusCode;
        var kind = status switch
        {
            401 => PlatformErrorKind.Credential,
            408 or 429 or >= 500 or < 400 => PlatformErrorKind.Transient,

            // The answer is from a proxy or a maintenance page, not the platform: it must not end a watched execution.
            _ when isHtml && !acts => PlatformErrorKind.Transient,
            _ => PlatformErrorKind.Final,
        };
        var said = words.Message is { Length: > 0 } message ? $": {message}" : isHtml ? " with a web page" : "";
        return new PlatformError(
            kind, words.Code ?? CodeOf(status), $"{operation} was answered with HTTP {status}{said}", status, retryAfter, RefusedStatuses.Contains(status));
    }

    /// <summary>Classifies a request that was not answered.</summary>
    public static PlatformError FromException(string operation, HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError => NoConnection(operation, exception.HttpRequestError.ToString()),
        _ => new(PlatformErrorKind.Transient, "connection_lost", $"{operation} got no answer: the connection was lost ({exception.HttpRequestError})."),
    };

    /// <summary>The connection could not be established, so nothing was sent.</summary>
    public static PlatformError NoConnection(string operation, string cause) =>
        new(PlatformErrorKind.Transient, "no_connection", $"{operation} was not sent: no connection ({cause}).", CertainlyNotActedOn: true);

    /// <summary>The request was sent, but a complete answer did not arrive in time.</summary>
    public static PlatformError TimedOut(string operation, TimeSpan after) =>
        new(PlatformErrorKind.Transient, "timeout", $"{operation} was not answered within {after.TotalSeconds:0.###} s.");

    /// <summary>The answer cannot be read or lacks required content; the platform may have acted.</summary>
    public static PlatformError Unreadable(string operation, string why, HttpStatusCode? status = null) =>
        new(PlatformErrorKind.Transient, "unreadable_answer", $"{operation} got an answer that cannot be used: {why}.", (int?)status);

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
/// <param name="Code">Its code, if it has one in the form of a code.</param>
/// <param name="Message">Its message.</param>
internal readonly record struct ErrorWords(string? Code, string? Message);
