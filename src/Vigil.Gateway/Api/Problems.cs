using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Vigil.Gateway.Api;

/// <summary>Turns exceptions into problem details with a code (RFC 9457).</summary>
internal sealed partial class Problems(IProblemDetailsService problems, ILogger<Problems> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller has disconnected and cannot receive a response.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = ProblemOf(exception);
        context.Response.StatusCode = problem.Status!.Value;
        if (RetryAfterOf(exception) is { } retryAfter)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (problem.Status >= 500)
        {
            LogFailed(context.Request.Method, context.Request.Path, exception);
        }

        return await problems.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem });
    }

    private static ProblemDetails ProblemOf(Exception exception) => exception switch
    {
        InvalidRequestException e => Problem(400, e.Code, "The request is invalid.", e.Message, ("errors", e.Errors)),
        BodyTooLargeException e => Problem(413, e.Code, "The body is too large.", e.Message, ("errors", new FieldError[] { new("body", e.Message) })),
        ExecutionNotFoundException e => Problem(404, e.Code, "There is no such execution.", e.Message, ("execution_id", e.ExecutionId)),
        ExecutionFileNotFoundException e => Problem(404, e.Code, "There is no such file.", e.Message, ("file_id", e.FileId)),
        ConnectionNotFoundException e => Problem(404, e.Code, "There is no such connection.", e.Message, ("errors", new FieldError[] { new("connection", e.Message) })),
        RemoteRunNotFoundException e => Problem(404, e.Code, "The platform does not know the run.", e.Message, ("remote_id", e.RemoteId)),
        ExecutionConflictException e => Problem(409, e.Code, "The request conflicts with an existing execution.", e.Message, ("execution_id", e.ExecutionId)),
        ExecutionFinishedException e => Problem(409, e.Code, "The execution has ended.", e.Message, ("execution_id", e.ExecutionId)),
        CommandNotSupportedException e => Problem(409, e.Code, "The platform does not support the command.", e.Message),
        PlatformUnavailableException e => Problem(503, e.Code, "The platform did not give a usable answer.", e.Message),
        VigilException e => Problem(503, e.Code, "Vigil cannot handle the request at the moment.", e.Message),
        OrleansException or TimeoutException => Problem(503, "unavailable", "Vigil cannot handle the request at the moment.", "It is safe to repeat the request later."),
        BadHttpRequestException e => Problem(e.StatusCode, "bad_request", "The request cannot be read.", e.Message),
        _ => Problem(500, "internal_error", "Something went wrong inside Vigil.", "See the log for details."),
    };

    private static ProblemDetails Problem(int status, string code, string title, string detail, params ReadOnlySpan<(string Name, object Value)> extensions)
    {
        var problem = new ProblemDetails { Status = status, Title = title, Detail = detail, Type = $"urn:vigil:problem:{code}" };
        problem.Extensions["code"] = code;
        foreach (var (name, value) in extensions)
        {
            problem.Extensions[name] = value;
        }

        return problem;
    }

    private static TimeSpan? RetryAfterOf(Exception exception) => exception switch
    {
        PlatformUnavailableException e => e.RetryAfter ?? TimeSpan.FromSeconds(5),
        VigilUnavailableException or OrleansException or TimeoutException => TimeSpan.FromSeconds(1),
        _ => null,
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(string method, string path, Exception exception);
}
