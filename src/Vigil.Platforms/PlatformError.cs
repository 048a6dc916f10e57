namespace Vigil.Platforms;

/// <summary>The kind of a platform failure.</summary>
public enum PlatformErrorKind
{
    /// <summary>A retry may succeed: time-outs, 408, 429, 5xx, connection errors, unreadable bodies, and refusals by something in front of the platform.</summary>
    Transient = 0,

    /// <summary>The credential was refused.</summary>
    Credential = 1,

    /// <summary>The request was refused and a retry would be refused too.</summary>
    Final = 2,

    /// <summary>A request for several runs was refused because of their number or because of one of them; retry with fewer.</summary>
    BatchRefused = 3,
}

/// <summary>The HTTP statuses that prove that a platform did not act on a request.</summary>
public static class RefusedStatuses
{
    /// <summary>
    /// Returns whether this status proves that the platform did not act: the request was sent elsewhere (301, 302, 307, 308), or was refused for what it is,
    /// asks for or lacks, before anything was done. 412 belongs to them, because conditions are checked first; so does 425, by which a server declines to
    /// begin. These do not: 303, the usual answer to a POST that was carried out; 408 and 499, by which a proxy gives up on a platform that may have
    /// acted; and 418, 420, 424 and 430, which have no agreed meaning.
    /// </summary>
    public static bool Contains(int status) => status is 301 or 302 or 307 or 308
        or 400 or 401 or 402 or 403 or 404 or 405 or 406 or 409 or 410 or 411 or 412 or 413 or 414 or 415 or 417
        or 421 or 422 or 423 or 425 or 426 or 428 or 429 or 431 or 451;
}

/// <summary>A platform's failure, as data.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Code">A snake_case code: the platform's if it has one, otherwise Vigil's.</param>
/// <param name="Message">What happened, without secrets.</param>
/// <param name="StatusCode">The HTTP status, if there was a response.</param>
/// <param name="RetryAfter">How long the platform asks to wait before the next request.</param>
/// <param name="CertainlyNotActedOn">Whether it is certain that the platform did nothing; only then may a start be sent again.</param>
[GenerateSerializer, Immutable, Alias("vigil.PlatformError")]
public sealed record PlatformError(
    [property: Id(0)] PlatformErrorKind Kind,
    [property: Id(1)] string Code,
    [property: Id(2)] string Message,
    [property: Id(3)] int? StatusCode = null,
    [property: Id(4)] TimeSpan? RetryAfter = null,
    [property: Id(5)] bool CertainlyNotActedOn = false);

/// <summary>A request to a platform failed as a whole.</summary>
public sealed class PlatformException(PlatformError error, Exception? inner = null) : Exception(error.Message, inner)
{
    /// <summary>Gets the failure.</summary>
    public PlatformError Error { get; } = error;
}
