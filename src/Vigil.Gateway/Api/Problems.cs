using System.Text.Encodings.Web;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Vigil.Gateway.Api;

/// <summary>
/// Responds to every error with a problem document that has a code (RFC 9457), whatever the caller accepts. An internal error is logged in one line;
/// requests that are rejected with 503 are logged in one line a minute, because they come in large numbers and have the same cause.
/// </summary>
internal sealed partial class Problems(TimeProvider time, ILogger<Problems> logger) : IMiddleware
{
    private const string Incapable = "Vigil cannot handle the request at the moment.";
    private const int MaxLoggedPath = 200;
    private const int MaxLoggedReason = 1500;
    private static readonly TimeSpan UnavailableInterval = TimeSpan.FromMinutes(1);

    // The app's own JSON options do not apply.
    private static readonly JsonTypeInfo<ProblemDetails> Json = (JsonTypeInfo<ProblemDetails>)new JsonSerializerOptions(ApiJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }.GetTypeInfo(typeof(ProblemDetails));

    private readonly Lock _sync = new();
    private DateTimeOffset _nextUnavailable;
    private int _unavailable;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        try
        {
            await next(context);
            if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
            {
                await WriteAsync(response, OfStatus(response.StatusCode));
            }
        }
        catch (OperationCanceledException) when (context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true)
        {
            // The app limits the time of requests and answers this itself.
            throw;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller has disconnected and cannot receive a response.
            if (!response.HasStarted)
            {
                response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
        catch (Exception e)
        {
            var problem = ProblemOf(e);
            Log(context.Request, problem, e);
            if (response.HasStarted)
            {
                // A partial response must not look complete.
                context.Abort();
                return;
            }

            response.Clear();
            if (RetryAfterOf(e) is { } retryAfter)
            {
                response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            }

            await WriteAsync(response, problem);
        }
    }

    private static Task WriteAsync(HttpResponse response, ProblemDetails problem)
    {
        response.StatusCode = problem.Status!.Value;
        return response.WriteAsJsonAsync(problem, Json, "application/problem+json");
    }

    private static ProblemDetails ProblemOf(Exception exception) => exception switch
    {
        InvalidRequestException e => Problem(400, e.Code, "The request is invalid.", e.Message, ("errors", e.Errors)),
        RefusedRequestException e => Problem(e.Status, e.Code, TitleOf(e.Status).Title, e.Message),
        ExecutionNotFoundException e => Problem(404, e.Code, "There is no such execution.", e.Message, ("execution_id", e.ExecutionId)),
        ExecutionFileNotFoundException e => Problem(404, e.Code, "There is no such file.", e.Message, ("execution_id", e.ExecutionId), ("file_id", e.FileId)),
        AnswerNotAvailableException e => Problem(404, e.Code, "The execution has no such document.", e.Message, ("execution_id", e.ExecutionId)),
        ConnectionNotFoundException e => Problem(404, e.Code, "There is no such connection.", e.Message, ("connection", e.Connection), ("errors", new FieldError[] { new("connection", e.Message) })),
        RemoteRunNotFoundException e => Problem(404, e.Code, "The platform does not know the run.", e.Message, ("connection", e.Connection), ("remote_id", e.RemoteId)),
        ExecutionConflictException e => Problem(409, e.Code, "The request conflicts with an existing execution.", e.Message, ("execution_id", e.ExecutionId)),
        ExecutionFinishedException e => Problem(409, e.Code, "The execution has ended.", e.Message, ("execution_id", e.ExecutionId), ("execution_status", JsonNamingPolicy.SnakeCaseLower.ConvertName(e.Status.ToString()))),
        CommandNotSupportedException e => Problem(409, e.Code, "The platform does not support the command.", e.Message, ("command", e.Command), ("platform", e.Platform)),
        ListingNotSupportedException e => Problem(409, e.Code, "The platform does not support the request.", e.Message),
        PlatformUnavailableException e => Problem(503, e.Code, "The platform did not give a usable answer.", e.Message, ("connection", e.Connection)),
        VersionMismatchException { Theirs: { } theirs } e => Problem(503, e.Code, Incapable, e.Message, ("gateway_version", e.Mine), ("silo_version", theirs)),
        VersionMismatchException e => Problem(503, e.Code, Incapable, e.Message, ("gateway_version", e.Mine)),
        VigilException e => Problem(503, e.Code, Incapable, e.Message),
        OrleansException or TimeoutException => Problem(503, "unavailable", Incapable, "It is safe to repeat the request later."),

        // ASP.NET Core's message is advice for its developers.
        BadHttpRequestException e => OfStatus(e.StatusCode),
        _ => Problem(500, "internal_error", "Something went wrong inside Vigil.", "See the log for details."),
    };

    private static ProblemDetails OfStatus(int status)
    {
        var (code, title) = TitleOf(status);
        return Problem(status, code, title, detail: null);
    }

    private static (string Code, string Title) TitleOf(int status) => status switch
    {
        400 => ("bad_request", "The request is not valid."),
        403 => ("forbidden", "The request is not allowed."),
        404 => ("not_found", "There is nothing at this address."),
        405 => ("method_not_allowed", "This address does not have the method; the Allow header names those it has."),
        408 => ("request_timeout", "The request did not arrive in time."),
        413 => ("body_too_large", "The body is too large."),
        414 => ("uri_too_long", "The address is too long."),
        415 => ("unsupported_media_type", "The body must be JSON."),
        431 => ("headers_too_large", "The headers are too large."),
        _ => ($"http_{status}", ReasonPhrases.GetReasonPhrase(status)),
    };

    private static ProblemDetails Problem(int status, string code, string title, string? detail, params ReadOnlySpan<(string Name, object Value)> extensions)
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

    private void Log(HttpRequest request, ProblemDetails problem, Exception exception)
    {
        if (problem.Status == 500)
        {
            LogFailed(request.Method, OneLine(request.Path, MaxLoggedPath), OneLine(exception.ToString(), MaxLoggedReason));
        }
        else if (problem.Status > 500 && CountUnavailable() is > 0 and var count)
        {
            LogUnavailable(count, request.Method, OneLine(request.Path, MaxLoggedPath), OneLine($"{exception.Message} {exception.InnerException?.Message}", MaxLoggedReason));
        }
    }

    private int CountUnavailable()
    {
        lock (_sync)
        {
            _unavailable++;
            if (time.GetUtcNow() < _nextUnavailable)
            {
                return 0;
            }

            _nextUnavailable = time.GetUtcNow() + UnavailableInterval;
            (var count, _unavailable) = (_unavailable, 0);
            return count;
        }
    }

    // Neither a path nor a message may forge a log line.
    private static string OneLine(string? text, int maxLength) =>
        string.Concat((text ?? "").Take(maxLength).Select(c => char.IsControl(c) ? ' ' : c));

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed: {Reason}")]
    private partial void LogFailed(string method, string path, string reason);

    [LoggerMessage(LogLevel.Warning, "{Count} requests were rejected with 503 since the last message like this; the latest is {Method} {Path}: {Reason}")]
    private partial void LogUnavailable(int count, string method, string path, string reason);
}
