using System.Net;
using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <summary>
/// Classifies failures: whether a retry can help, and whether the platform may have acted. It has certainly not acted if there was no
/// connection or if it returned one of the <see cref="RefusedStatuses"/>; everything else is ambiguous.
/// </summary>
internal static partial class PlatformErrors
{
    private const int MaxWords = 300;
    private const int MaxWordsDepth = 4;

    // Where platforms and gateways put what they have to say, in the order in which it is looked for.
    private static readonly string[] WordMembers = ["error_description", "error", "errors", "message", "messages", "msg", "detail", "details", "reason", "title", "data"];

    /// <summary>Classifies an error status.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The response.</param>
    /// <param name="details">The code and message of its body.</param>
    /// <param name="isOwn">Whether the body has the platform's own form; anything else was written by a gateway in front of it.</param>
    /// <param name="retryAfter">How long it asks to wait.</param>
    public static PlatformError FromStatus(
        PlatformRequest request, HttpResponseMessage response, ErrorDetails details, bool isOwn, TimeSpan? retryAfter)
    {
        var status = (int)response.StatusCode;
        var kind = status switch
        {
            401 => PlatformErrorKind.Credential,
            < 400 when request.Acts && RefusedStatuses.Contains(status) => PlatformErrorKind.Final,
            < 400 or 408 or 420 or 425 or 429 or 430 or 499 or >= 500 => PlatformErrorKind.Transient,

            // A gateway's word says nothing of a run, nor of a target; what it says of the request itself stays true.
            _ when !isOwn && !request.IsDownload && (!request.Acts || status is 400 or 403 or 404 or 409 or 410 or 422) => PlatformErrorKind.Transient,
            _ => PlatformErrorKind.Final,
        };
        var suffix = details.Message is { Length: > 0 } message ? $": {message}" : "";
        return new PlatformError(
            kind, details.Code ?? CodeOf(status), $"{request.Operation} failed with HTTP {status}{suffix}", status, retryAfter, RefusedStatuses.Contains(status));
    }

    /// <summary>
    /// Returns what a refused status request means. For several runs, the cause may be their number, the length of the address or one of the ids; a
    /// request for fewer shows which. Otherwise, only 404 and 410 say something of a run, and 403 of a run or the credential: any other refusal may be
    /// gone the next time.
    /// </summary>
    public static PlatformError OfPoll(PlatformError error, int runs = 1) => error switch
    {
        { StatusCode: 413 or 414 or 431 } when runs > 1 => error with { Kind = PlatformErrorKind.BatchRefused },
        { Kind: PlatformErrorKind.Final, StatusCode: 400 or 403 or 404 or 410 or 422 } when runs > 1 => error with { Kind = PlatformErrorKind.BatchRefused },
        { Kind: PlatformErrorKind.Final, StatusCode: not (null or 403 or 404 or 410) } => error with { Kind = PlatformErrorKind.Transient },
        _ => error,
    };

    /// <summary>Returns the text in which a body states an error or a message, wherever platforms put it; null if there is none.</summary>
    public static string? WordsIn(JsonView part) => WordsIn(part, MaxWordsDepth);

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

    private static string? WordsIn(JsonView part, int depth) =>
        depth == 0 ? null
        : part.IsText ? part.Text(MaxWords)
        : part.IsArray ? part.Items().Take(MaxWordsDepth).Select(item => WordsIn(item, depth - 1)).FirstOrDefault(words => words is not null)
        : Located(part) ?? WordMembers.Where(name => name != "data" || part[name].IsObject).Select(name => WordsIn(part[name], depth - 1)).FirstOrDefault(words => words is not null);

    // Validators name the place and say what is wrong there.
    private static string? Located(JsonView part) => part["msg"].Text(MaxWords) is { } words
        && string.Join('.', part["loc"].Items().Select(step => step.PlainId()).OfType<string>()) is { Length: > 0 } place ? $"{place}: {words}" : null;

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
/// <param name="Code">The code, in any form; null if there is none.</param>
/// <param name="Message">The message; null if there is none.</param>
public readonly record struct ErrorDetails(string? Code, string? Message);
