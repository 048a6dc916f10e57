namespace Vigil.Grains.Polling;

/// <summary>The poller's log messages, with ids 5000 to 5099.</summary>
internal static partial class PollerLog
{
    [LoggerMessage(5000, LogLevel.Debug, "{Connection}: polled {Runs} runs, error {Error}")]
    public static partial void Polled(this ILogger log, string connection, int runs, string? error);

    [LoggerMessage(5001, LogLevel.Debug, "{Connection}: {Operation} failed as {Kind} ({Code}, {StatusCode}): {Reason}")]
    public static partial void RequestFailed(
        this ILogger log, string connection, string operation, PlatformErrorKind kind, string code, int? statusCode, string reason);

    [LoggerMessage(5002, LogLevel.Error, "{Connection}: the adapter threw an unexpected exception during {Operation}; it is treated as a transient failure")]
    public static partial void AdapterFaulted(this ILogger log, Exception exception, string connection, string operation);

    [LoggerMessage(5003, LogLevel.Error, "{Connection}: unexpected error in the poller; it continues")]
    public static partial void WorkFaulted(this ILogger log, Exception exception, string connection);

    [LoggerMessage(5004, LogLevel.Warning, "{Connection}: suspended: {Reason}")]
    public static partial void ConnectionSuspended(this ILogger log, string connection, string reason);

    [LoggerMessage(5005, LogLevel.Information, "{Connection}: resumed")]
    public static partial void ConnectionResumed(this ILogger log, string connection);

    [LoggerMessage(5006, LogLevel.Warning, "{Connection}: its grain cannot be reached; the connection stays as it is")]
    public static partial void ConnectionGrainFailed(this ILogger log, Exception exception, string connection);

    [LoggerMessage(5007, LogLevel.Warning, "{Connection}: unknown status '{RawStatus}' of execution {ExecutionId}; it is treated as running")]
    public static partial void UnknownStatus(this ILogger log, string connection, string rawStatus, string executionId);

    [LoggerMessage(5008, LogLevel.Information, "{Connection}: a request for {Refused} runs was refused; requests are limited to {Accepted} runs from now on")]
    public static partial void BatchSizeLearned(this ILogger log, string connection, int refused, int accepted);

    [LoggerMessage(EventId = 5009, Message = "A report to execution {ExecutionId} failed ({Failures} times); it is repeated")]
    public static partial void GrainCallFailed(this ILogger log, LogLevel level, Exception exception, string executionId, int failures);

    [LoggerMessage(5010, LogLevel.Warning, "A report to execution {ExecutionId} was dropped: there is no such execution")]
    public static partial void ExecutionUnknown(this ILogger log, string executionId);

    [LoggerMessage(5011, LogLevel.Information, "The start of execution {ExecutionId} was not sent: its claim expired at {SendBefore} or is no longer needed")]
    public static partial void StartNotSent(this ILogger log, string executionId, DateTimeOffset sendBefore);

    [LoggerMessage(5012, LogLevel.Warning, "{Connection}: starts in flight were not answered within {Limit}")]
    public static partial void DrainTimedOut(this ILogger log, string connection, TimeSpan limit);

    [LoggerMessage(5013, LogLevel.Debug, "{Connection}: push {Subject} for execution {ExecutionId}")]
    public static partial void Pushed(this ILogger log, string connection, string subject, string executionId);

    [LoggerMessage(5014, LogLevel.Warning, "{Connection}: the push subscription for execution {ExecutionId} failed; it is renewed")]
    public static partial void PushFailed(this ILogger log, Exception exception, string connection, string executionId);

    [LoggerMessage(5015, LogLevel.Warning, "{Connection}: its list of active runs cannot be read ({Code}: {Reason}); for a while, runs are polled by id")]
    public static partial void ListRefused(this ILogger log, string connection, string code, string reason);

    [LoggerMessage(5016, LogLevel.Information, "{Connection}: {Absent} of {Watched} runs are absent from the active list; it is read again")]
    public static partial void ListReadAgain(this ILogger log, string connection, int absent, int watched);

    [LoggerMessage(5017, LogLevel.Warning, "{Connection}: {Failures} starts in a row had no clear answer, so the others wait while one at a time tries; the last: {Reason}")]
    public static partial void StartsWait(this ILogger log, string connection, int failures, string reason);

    [LoggerMessage(5018, LogLevel.Information, "{Connection}: the platform answers starts again; they go on")]
    public static partial void StartsGoOn(this ILogger log, string connection);
}
