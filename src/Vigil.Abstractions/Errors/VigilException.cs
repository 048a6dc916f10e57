using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>The base class of the errors that Vigil reports to its callers. Misuse of the .NET API is an <see cref="ArgumentException"/> instead.</summary>
[GenerateSerializer, Alias("vigil.VigilException")]
public abstract class VigilException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Gets the error's code in snake_case; it never changes once published.</summary>
    [Id(0)] public string Code { get; } = code;
}

/// <summary>No execution has this id.</summary>
[GenerateSerializer, Alias("vigil.ExecutionNotFoundException")]
public sealed class ExecutionNotFoundException(string executionId)
    : VigilException("execution_not_found", $"There is no execution '{executionId}'.")
{
    /// <summary>Gets the requested id.</summary>
    [Id(0)] public string ExecutionId { get; } = executionId;
}

/// <summary>The execution has no such file, or its platform has removed it.</summary>
[GenerateSerializer, Alias("vigil.ExecutionFileNotFoundException")]
public sealed class ExecutionFileNotFoundException(string executionId, string fileId)
    : VigilException("file_not_found", $"Execution '{executionId}' has no file '{fileId}'.")
{
    /// <summary>Gets the execution's id.</summary>
    [Id(1)] public string ExecutionId { get; } = executionId;

    /// <summary>Gets the requested file's id.</summary>
    [Id(0)] public string FileId { get; } = fileId;
}

/// <summary>The request conflicts with an existing execution.</summary>
[GenerateSerializer, Alias("vigil.ExecutionConflictException")]
public sealed class ExecutionConflictException(string executionId, string code, string message) : VigilException(code, message)
{
    /// <summary>Gets the existing execution's id.</summary>
    [Id(0)] public string ExecutionId { get; } = executionId;
}

/// <summary>The execution has ended, so the command can have no effect.</summary>
[GenerateSerializer, Alias("vigil.ExecutionFinishedException")]
public sealed class ExecutionFinishedException(string executionId, ExecutionStatus status)
    : VigilException("execution_finished", $"Execution '{executionId}' has already ended as {status}.")
{
    /// <summary>Gets the execution's id.</summary>
    [Id(0)] public string ExecutionId { get; } = executionId;

    /// <summary>Gets how it ended.</summary>
    [Id(1)] public ExecutionStatus Status { get; } = status;
}

/// <summary>The caller wanted the result of an execution that did not succeed.</summary>
[GenerateSerializer, Alias("vigil.ExecutionFailedException")]
public sealed class ExecutionFailedException(Execution execution) : VigilException("execution_failed", Describe(execution))
{
    /// <summary>Gets the execution as it ended, with its status, failure and failed steps.</summary>
    [Id(0)] public Execution Execution { get; } = execution;

    /// <summary>Gets how it ended.</summary>
    public ExecutionStatus Status => Execution.Status;

    /// <summary>Gets why it did not succeed, if that is known.</summary>
    public ExecutionFailure? Failure => Execution.Failure;

    /// <summary>Gets the steps that failed.</summary>
    public ImmutableArray<StepSummary> FailedSteps => [.. Execution.Steps.Where(step => step.Status is StepStatus.Failed or StepStatus.TimedOut)];

    private static string Describe(Execution execution)
    {
        var failure = execution.Failure is { } known ? $": {known.Reason}{(known.Detail is { } detail ? $" ({detail})" : "")}" : "";
        return $"Execution '{execution.Id}' ended as {execution.Status}{failure.TrimEnd('.')}.";
    }
}

/// <summary>The execution succeeded, but its output cannot be returned as the wanted type.</summary>
[GenerateSerializer, Alias("vigil.ExecutionOutputException")]
public sealed class ExecutionOutputException(string executionId, string why, Exception? inner = null)
    : VigilException("output_not_readable", $"Execution '{executionId}' succeeded, but {why.TrimEnd('.')}.", inner)
{
    /// <summary>Gets the execution's id.</summary>
    [Id(0)] public string ExecutionId { get; } = executionId;
}

/// <summary>There is no connection with this name.</summary>
[GenerateSerializer, Alias("vigil.ConnectionNotFoundException")]
public sealed class ConnectionNotFoundException(string connection)
    : VigilException("connection_not_found", $"There is no connection '{connection}'.")
{
    /// <summary>Gets the requested name.</summary>
    [Id(0)] public string Connection { get; } = connection;
}

/// <summary>The platform has no run with this remote id.</summary>
[GenerateSerializer, Alias("vigil.RemoteRunNotFoundException")]
public sealed class RemoteRunNotFoundException(string connection, string remoteId)
    : VigilException("remote_run_not_found", $"Connection '{connection}' has no run '{remoteId}'.")
{
    /// <summary>Gets the connection's name.</summary>
    [Id(1)] public string Connection { get; } = connection;

    /// <summary>Gets the requested remote id.</summary>
    [Id(0)] public string RemoteId { get; } = remoteId;
}

/// <summary>The execution has not ended, or it has no such document: <c>raw_not_available</c>, <c>output_not_available</c>.</summary>
[GenerateSerializer, Alias("vigil.AnswerNotAvailableException")]
public sealed class AnswerNotAvailableException(string executionId, string code, string message) : VigilException(code, message)
{
    /// <summary>Gets the execution's id.</summary>
    [Id(0)] public string ExecutionId { get; } = executionId;
}

/// <summary>The platform does not support the command.</summary>
[GenerateSerializer, Alias("vigil.CommandNotSupportedException")]
public sealed class CommandNotSupportedException(string command, string platform)
    : VigilException($"{command}_not_supported", $"Platform '{platform}' cannot {command} an execution.")
{
    /// <summary>Gets the command: <c>cancel</c> or <c>retry</c>.</summary>
    [Id(0)] public string Command { get; } = command;

    /// <summary>Gets the platform.</summary>
    [Id(1)] public string Platform { get; } = platform;
}

/// <summary>The platform cannot list its runs.</summary>
/// <param name="platform">The connection's platform.</param>
/// <param name="able">The platforms that can.</param>
[GenerateSerializer, Alias("vigil.ListingNotSupportedException")]
public sealed class ListingNotSupportedException(string platform, ImmutableArray<string> able)
    : VigilException("listing_not_supported", $"Platform '{platform}' cannot list its runs; platforms that can: {string.Join(", ", able)}.")
{
    /// <summary>Gets the platforms that can.</summary>
    [Id(0)] public ImmutableArray<string> Able { get; } = able;
}

/// <summary>A platform did not answer a request that the caller is waiting for.</summary>
[GenerateSerializer, Alias("vigil.PlatformUnavailableException")]
public sealed class PlatformUnavailableException(string connection, string message, TimeSpan? retryAfter)
    : VigilException("platform_unavailable", message)
{
    /// <summary>Gets the connection's name.</summary>
    [Id(0)] public string Connection { get; } = connection;

    /// <summary>Gets how long to wait before trying again; null if unknown.</summary>
    [Id(1)] public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>No silo could take the request in time. Repeating it with the same key is safe. The inner exception has the cause, which is for the log only.</summary>
[GenerateSerializer, Alias("vigil.VigilUnavailableException")]
public sealed class VigilUnavailableException(string message, string code = "unavailable", Exception? inner = null) : VigilException(code, message, inner);

/// <summary>
/// The program that called a silo, over HTTP the gateway, and the silo that answered have versions of Vigil that do not understand each other. Upgrade the
/// silos first, then the clients and gateways.
/// </summary>
/// <param name="mine">The version of the caller.</param>
/// <param name="theirs">The version of the silo; null if it did not tell it.</param>
/// <param name="inner">What the silo or the caller could not read.</param>
[GenerateSerializer, Alias("vigil.VersionMismatchException")]
public sealed class VersionMismatchException(string mine, string? theirs, Exception? inner = null) : VigilException(
    "version_mismatch",
    $"The caller has Vigil {mine} and the silo that answered {(theirs is null ? "another version, which it does not tell" : $"Vigil {theirs}")}; they do not understand each other. Upgrade the silos first, then the clients and gateways.",
    inner)
{
    /// <summary>Gets the version of the program that called the silo; over HTTP, of the gateway.</summary>
    [Id(0)] public string Mine { get; } = mine;

    /// <summary>Gets the version of the silo; null if it did not tell it.</summary>
    [Id(1)] public string? Theirs { get; } = theirs;
}

/// <summary>
/// The gateway refused the request, and a repetition would be refused too: the caller may not send it, what answered is not Vigil, or something went wrong
/// inside the gateway (<c>internal_error</c>).
/// </summary>
[GenerateSerializer, Alias("vigil.RequestRefusedException")]
public sealed class RequestRefusedException(string code, string message) : VigilException(code, message);

/// <summary>The request is invalid; <see cref="Errors"/> lists every error.</summary>
[GenerateSerializer, Alias("vigil.InvalidRequestException")]
public sealed class InvalidRequestException(ImmutableArray<FieldError> errors)
    : VigilException("invalid_request", string.Join(" ", errors.Select(error => $"{error.Field}: {error.Message}")))
{
    /// <summary>Gets all errors, each with its field.</summary>
    [Id(0)] public ImmutableArray<FieldError> Errors { get; } = errors;
}

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">The field's path as in the JSON request, such as <c>target.kind</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
[GenerateSerializer, Immutable, Alias("vigil.FieldError")]
public sealed record FieldError([property: Id(0), JsonPropertyName("field")] string Field, [property: Id(1), JsonPropertyName("message")] string Message);

/// <summary>
/// An observer asked for events that are not kept any more, or that are not in a store which was restored from a backup. What they told is part of the
/// executions as they are now.
/// </summary>
[GenerateSerializer, Alias("vigil.EventsMissedException")]
public sealed class EventsMissedException(long after, long next)
    : VigilException("events_missed", $"Events after {after} are missing: they are not kept any more, or the store was restored from a backup. Read the executions, and observe again after {next}.")
{
    /// <summary>Gets the number that was asked for: a sequence number, or the version of an observed execution.</summary>
    [Id(0)] public long After { get; } = after;

    /// <summary>Gets the number to observe after from now on.</summary>
    [Id(1)] public long Next { get; } = next;
}
