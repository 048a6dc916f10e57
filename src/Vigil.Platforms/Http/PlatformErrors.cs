using System.Net;

namespace Vigil.Platforms;

/// <summary>
/// The one place that decides what a failure means: whether trying again can help, and whether the platform can have acted. It has certainly
/// not acted where there was no connection, and where it answered with one of the <see cref="RefusedStatuses"/>; everything else is ambiguous.
/// </summary>
internal static class PlatformErrors
{
    /// <summary>Classifies an answer that is no success.</summary>
    /// <param name="operation">What was asked, for people.</param>
    /// <param name="acts">Whether the request makes the platform do something.</param>
    /// <param name="response">The answer's head.</param>
    /// <param name="words">What the platform said, where it said it readably.</param>
    /// <param name="isHtml">Whether the body is a page for people.</param>
    /// <param name="retryAfter">How long the platform asks to be left alone.</param>
    public static PlatformError FromStatus(
        string operation, bool acts, HttpResponseMessage response, ErrorWords words, bool isHtml, TimeSpan? retryAfter)
    {
        var status = (int)response.StatusCode;
        var kind = status switch
        {
            401 => PlatformErrorKind.Credential,
            408 or 429 or >= 500 or < 400 => PlatformErrorKind.Transient,

            // A proxy or a maintenance page speaks, not the platform: that must not end an execution that is watched.
            _ when isHtml && !acts => PlatformErrorKind.Transient,
            _ => PlatformErrorKind.Final,
        };
        var said = words.Message is { Length: > 0 } message ? $": {message}" : isHtml ? " with a web page" : "";
        return new PlatformError(
            kind, words.Code ?? CodeOf(status), $"{operation} was answered with HTTP {status}{said}", status, retryAfter, RefusedStatuses.Contains(status));
    }

    /// <summary>Classifies a request that got no answer.</summary>
    public static PlatformError FromException(string operation, HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError => NoConnection(operation, exception.HttpRequestError.ToString()),
        _ => new(PlatformErrorKind.Transient, "connection_lost", $"{operation} got no answer: the connection was lost ({exception.HttpRequestError})."),
    };

    /// <summary>No connection came about, so nothing was sent.</summary>
    public static PlatformError NoConnection(string operation, string cause) =>
        new(PlatformErrorKind.Transient, "no_connection", $"{operation} was not sent: no connection ({cause}).", CertainlyNotActedOn: true);

    /// <summary>The request was sent and no whole answer came in time.</summary>
    public static PlatformError TimedOut(string operation, TimeSpan after) =>
        new(PlatformErrorKind.Transient, "timeout", $"{operation} was not answered within {after.TotalSeconds:0.###} s.");

    /// <summary>An answer came that cannot be read or lacks what it must say; what it was about may have been done.</summary>
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

/// <summary>What a platform's error body says.</summary>
/// <param name="Code">Its code, where it has one that reads as a code.</param>
/// <param name="Message">Its sentence.</param>
internal readonly record struct ErrorWords(string? Code, string? Message);
