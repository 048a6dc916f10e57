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

/// <summary>Decides what follows from a failed start: whether the platform can have acted on it, and whether sending it later can help.</summary>
internal static class StartFailures
{
    public static StartFailure Classify(PlatformError error) => error switch
    {
        { StatusCode: 401 or 429 } => StartFailure.SendLater,
        { StatusCode: { } status } when RefusedStatuses.Contains(status) => StartFailure.Rejected,
        { CertainlyNotActedOn: false } => StartFailure.Ambiguous,

        // No connection, or whatever else the platform vouches for: what passes is waited for, the rest is its refusal.
        { Kind: PlatformErrorKind.Transient or PlatformErrorKind.Credential } => StartFailure.SendLater,
        _ => StartFailure.Rejected,
    };
}
