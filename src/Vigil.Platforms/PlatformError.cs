namespace Vigil.Platforms;

/// <summary>What kind of failure a platform's answer, or the lack of one, is.</summary>
public enum PlatformErrorKind
{
    /// <summary>Trying again later can help: time-outs, 408, 429, 5xx, connection errors, unreadable bodies.</summary>
    Transient = 0,

    /// <summary>The credential was refused.</summary>
    Credential = 1,

    /// <summary>The request as such was refused and would be again.</summary>
    Final = 2,

    /// <summary>A request for several runs was refused for their number, or for one of them: ask for fewer.</summary>
    BatchRefused = 3,
}

/// <summary>The HTTP statuses with which a platform says that it did not act on a request. The list stands here alone.</summary>
public static class RefusedStatuses
{
    /// <summary>Tells whether an answer with this status proves that the platform did not act.</summary>
    public static bool Contains(int status) => status is 400 or 401 or 402 or 403 or 404 or 409 or 413 or 422 or 429;
}

/// <summary>A platform's failure, as data.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Code">A snake_case code: Vigil's own, or the platform's where it has one.</param>
/// <param name="Message">What happened, without secrets.</param>
/// <param name="StatusCode">The HTTP status, where there was an answer.</param>
/// <param name="RetryAfter">How long the platform asks to be left alone.</param>
/// <param name="CertainlyNotActedOn">Whether it is certain that the platform did nothing: the one fact that decides if a start may be sent again.</param>
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
