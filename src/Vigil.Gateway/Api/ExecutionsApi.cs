using Microsoft.OpenApi;
using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/executions</c>: start, adopt, get, wait, list, steps, and commands.</summary>
internal static class ExecutionsApi
{
    private const string Route = "/v1/executions";

    private static readonly (string, ExecutionOrder)[] Orders =
        [("accepted_at", ExecutionOrder.AcceptedAt), ("created_at", ExecutionOrder.AcceptedAt), ("ended_at", ExecutionOrder.EndedAt)];

    public static void MapExecutions(this IEndpointRouteBuilder routes)
    {
        var executions = routes.MapGroup(Route).WithTags("executions");
        executions.MapPost("", StartAsync).WithSummary("Starts an execution.");
        executions.MapPost("/adopt", AdoptAsync).WithSummary("Watches a run that was not started by Vigil.");
        executions.MapGet("", ListAsync)
            .WithSummary("Lists executions, by default the newest accepted first.")
            .WithDescription("Returns items and next_cursor (null on the last page). A page is read by its number or, beyond row 10,000 too, by the cursor of the page before.")
            .WithQuery("connection", JsonSchemaType.String, "Only executions of this connection.")
            .WithQuery("status", JsonSchemaType.Array, "Only these statuses, in Vigil's words or in the platform's (completed, paused, queued, killed).")
            .WithQuery("attention", JsonSchemaType.Boolean, "true: only executions that need attention; false: only those that do not.")
            .WithQuery("target", JsonSchemaType.String, "Only executions of the target with this id; agent_id is another name of the parameter.")
            .WithQuery("page", JsonSchemaType.Integer, "The number of the page, from 1 and up to row 10,000; not together with cursor.")
            .WithQuery("page_size", JsonSchemaType.Integer, $"1 to {RequestLimits.MaxPageSize}. Default: 50.")
            .WithQuery("cursor", JsonSchemaType.String, "The next_cursor of the previous page.")
            .WithQuery("order_by", JsonSchemaType.String, "accepted_at (default; created_at is another name of it) or ended_at, which lists only executions that have an end.")
            .WithQuery("order_direction", JsonSchemaType.String, "desc (default) or asc.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        executions.MapGet("/{id}", GetAsync).WithSummary("Returns an execution; with wait, once it has ended or the wait has timed out.");
        executions.MapGet("/{id}/steps", StepsAsync)
            .WithSummary("Returns one page of an execution's steps, in the platform's order.")
            .WithDescription(
                "Returns items, next_cursor (null on the last page), steps_total and steps_truncated. Only the first 10,000 steps are kept; if a run has more, "
                + "steps_truncated is true and steps_total is the full number.")
            .WithQuery("page_size", JsonSchemaType.Integer, $"1 to {StepList.MaxPageSize}. Default: {StepList.DefaultPageSize}.")
            .WithQuery("cursor", JsonSchemaType.String, "The next_cursor of the previous page.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        executions.MapPost("/{id}/cancel", CancelAsync).WithSummary("Asks the platform to cancel the execution.");
        executions.MapPost("/{id}/abandon", AbandonAsync).WithSummary("Stops watching the execution.");
        executions.MapPost("/{id}/retry", RetryAsync).WithSummary("Runs a finished execution again, as its next attempt.");
        executions.MapPost("/{id}/nudge", NudgeAsync).WithSummary("Hints that polling an execution now is worthwhile.");
    }

    private static async Task<JsonHttpResult<Execution>> StartAsync(HttpContext context, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context.Request, cancellationToken);
        var key = ReadKey(context, body);
        var request = new StartExecution
        {
            Connection = body.RequiredText("connection"),
            Target = ReadTarget(body.RequiredObject("target")) ?? new("", ""),
            Input = body.ObjectText("input"),
            Options = body.ObjectText("options"),
            Metadata = body.TextMap("metadata"),
            Deadline = body.Seconds("deadline_seconds") ?? RequestLimits.DefaultDeadline,
            CancelOnAbandon = body.Flag("cancel_on_abandon") ?? false,
        };
        body.RejectUnknownFields();
        if (body.HasErrors)
        {
            // Malformed fields and limits that the other fields break are reported together.
            body.ThrowIfInvalid([.. CheckKey(key), .. await gateway.CheckAsync(request, cancellationToken)]);
        }

        return Created(context, await gateway.StartAsync(request, key, cancellationToken));
    }

    private static async Task<JsonHttpResult<Execution>> AdoptAsync(HttpContext context, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context.Request, cancellationToken);
        var key = ReadKey(context, body);
        var request = new AdoptExecution
        {
            Connection = body.RequiredText("connection"),
            RemoteId = body.RequiredText("remote_id"),
            Target = ReadTarget(body.Object("target")),
            Metadata = body.TextMap("metadata"),
            Deadline = body.Seconds("deadline_seconds") ?? RequestLimits.DefaultDeadline,
            CancelOnAbandon = body.Flag("cancel_on_abandon") ?? false,
        };
        body.RejectUnknownFields();
        if (body.HasErrors)
        {
            body.ThrowIfInvalid([.. CheckKey(key), .. RequestLimits.Check(request)]);
        }

        return Created(context, await gateway.AdoptAsync(request, key, cancellationToken));
    }

    private static ImmutableArray<FieldError> CheckKey(string? key) => key is null ? [] : RequestLimits.CheckId("key", key);

    private static JsonHttpResult<Execution> Created(HttpContext context, StartResult result)
    {
        // The address of the request says below which path base and prefix the API is.
        var address = (context.Request.PathBase + context.Request.Path).ToUriComponent();
        context.Response.Headers.Location = $"{address[..address.LastIndexOf(Route, StringComparison.OrdinalIgnoreCase)]}{Route}/{result.Execution.Id}";
        return Json(result.Execution, result.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<JsonHttpResult<Execution>> GetAsync(
        HttpContext context, string id, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var wait = query.Duration("wait", RequestLimits.MaxWait);
        var sinceVersion = query.Integer("since_version", 0, long.MaxValue);
        query.ThrowIfInvalid();
        return Json(wait is null && sinceVersion is null
            ? await gateway.GetAsync(id, cancellationToken)
            : await gateway.WaitAsync(id, wait ?? TimeSpan.Zero, sinceVersion, cancellationToken));
    }

    private static async Task<JsonHttpResult<ExecutionList>> ListAsync(HttpContext context, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var request = new ExecutionQuery
        {
            Statuses = query.Statuses("status"),
            Connection = query.Text("connection"),
            Attention = query.Flag("attention"),
            TargetId = query.Either("target", "agent_id"),
            Page = (int?)query.Integer("page", 1, ExecutionQuery.MaxRow),
            PageSize = (int)(query.Integer("page_size", 1, RequestLimits.MaxPageSize) ?? 50),
            Cursor = query.Text("cursor"),
            OrderBy = query.Word("order_by", Orders),
            Ascending = query.Word("order_direction", ("desc", false), ("asc", true)),
        };
        query.ThrowIfInvalid();
        return TypedResults.Json(await gateway.ListAsync(request, cancellationToken), ApiJson.Default.ExecutionList);
    }

    private static async Task<JsonHttpResult<StepList>> StepsAsync(
        HttpContext context, string id, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var pageSize = (int)(query.Integer("page_size", 1, StepList.MaxPageSize) ?? StepList.DefaultPageSize);
        var cursor = query.Text("cursor");
        query.ThrowIfInvalid();
        return TypedResults.Json(await gateway.ListStepsAsync(id, pageSize, cursor, cancellationToken), ApiJson.Default.StepList);
    }

    private static async Task<JsonHttpResult<Execution>> CancelAsync(HttpContext context, string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        Accepted(await gateway.CancelAsync(id, await ReadReasonAsync(context, cancellationToken), cancellationToken));

    private static async Task<JsonHttpResult<Execution>> AbandonAsync(HttpContext context, string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        Accepted(await gateway.AbandonAsync(id, await ReadReasonAsync(context, cancellationToken), cancellationToken));

    private static async Task<JsonHttpResult<Execution>> RetryAsync(string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        Accepted(await gateway.RetryAsync(id, cancellationToken));

    private static async Task<JsonHttpResult<Execution>> NudgeAsync(string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        Accepted(await gateway.NudgeAsync(id, cancellationToken));

    private static async Task<string?> ReadReasonAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context.Request, cancellationToken);
        var reason = body.Text("reason");
        body.RejectUnknownFields();
        body.ThrowIfInvalid(RequestLimits.CheckReason(reason));
        return reason;
    }

    private static ExecutionTarget? ReadTarget(JsonBody? body)
    {
        if (body is null)
        {
            return null;
        }

        var target = new ExecutionTarget(body.RequiredText("kind"), body.RequiredText("id"), body.Text("version"));
        body.RejectUnknownFields();
        return target;
    }

    private static string? ReadKey(HttpContext context, JsonBody body)
    {
        var inBody = body.Text("key");
        string? inHeader = context.Request.Headers["Idempotency-Key"];
        if (inBody is not null && inHeader is not null && inBody != inHeader)
        {
            body.AddError("key", "differs from the Idempotency-Key header; send only one of them, or the same value in both.");
        }

        return inBody ?? inHeader;
    }

    private static JsonHttpResult<Execution> Accepted(Execution execution) => Json(execution, StatusCodes.Status202Accepted);

    private static JsonHttpResult<Execution> Json(Execution execution, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(execution, ApiJson.Default.Execution, statusCode: status);
}
