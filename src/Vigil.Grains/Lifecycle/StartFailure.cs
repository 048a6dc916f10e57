using Vigil.Platforms;

namespace Vigil.Grains.Lifecycle;

/// <summary>What a failed start, or retry, means.</summary>
internal enum StartFailure
{
    /// <summary>It may have been acted on.</summary>
    Ambiguous,

    /// <summary>It was certainly not acted on, and sending it later can help.</summary>
    SendLater,

    /// <summary>It was certainly not acted on and would be refused again.</summary>
    Rejected,
}

/// <summary>The one place that knows which starts were certainly not acted on.</summary>
internal static class StartFailures
{
    public static StartFailure Classify(PlatformError error) => error switch
    {
        { StatusCode: 401 or 429 } => StartFailure.SendLater,
        { StatusCode: 400 or 402 or 403 or 404 or 409 or 413 or 422 } => StartFailure.Rejected,
        { CertainlyNotActedOn: false } => StartFailure.Ambiguous,

        // No connection, or whatever else the platform vouches for: what passes is waited for, the rest is its refusal.
        { Kind: PlatformErrorKind.Transient or PlatformErrorKind.Credential } => StartFailure.SendLater,
        _ => StartFailure.Rejected,
    };
}
