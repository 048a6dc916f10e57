using Microsoft.OpenApi;
using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/connections/{name}/runs</c>: what the platform itself lists, and adopting from there.</summary>
internal static class RunsApi
{
    private const int DefaultLimit = 100;

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/v1/connections/{name}").WithTags("connections");
        runs.MapGet("/runs", ListAsync)
            .WithSummary("Lists the runs that the platform itself lists, each with the execution that watches it, if any.")
            .WithDescription(
                "Returns items and next_cursor (null on the last page). A page may have fewer runs than page_size although another follows. The request counts in "
                + "the connection's budget. Platforms that cannot list their runs answer 409 listing_not_supported; a filter that the platform does not have is an error.")
            .WithQuery("status", JsonSchemaType.Array, "Only these statuses, in Vigil's words or in the platform's.")
            .WithQuery("target", JsonSchemaType.Array, "Only runs of the targets with these ids; agent_id is another name of the parameter.")
            .WithQuery("version", JsonSchemaType.String, "Only runs of this version of the targets (cognite).")
            .WithQuery("kind", JsonSchemaType.String, "The kind of target, such as agent or pipeline; by default the platform's first.")
            .WithQuery("created_after", JsonSchemaType.String, "Only runs created at this time or later (cognite).")
            .WithQuery("created_before", JsonSchemaType.String, "Only runs created at this time or before (cognite).")
            .WithQuery("trigger", JsonSchemaType.String, "Only runs that this trigger started (cognite); not together with other filters. Their status is null.")
            .WithQuery("page_size", JsonSchemaType.Integer, $"1 to {RequestLimits.MaxPageSize}; the platform may return fewer. Default: 50.")
            .WithQuery("cursor", JsonSchemaType.String, "The next_cursor of the previous page.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapPost("/runs:adopt", AdoptAsync)
            .WithSummary("Watches several runs that were not started by Vigil.")
            .WithDescription(
                $"The body has either remote_ids, up to {RequestLimits.MaxPageSize}, or filter, an object with the parameters of the list, with limit (default "
                + $"{DefaultLimit}) and cursor; and metadata, deadline_seconds and cancel_on_abandon as for one adoption. Returns for each run remote_id, execution, "
                + "created, and error if it could not be adopted; with a filter, next_cursor says where the list goes on. It is safe to repeat.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<JsonHttpResult<PlatformRunList>> ListAsync(
        HttpContext context, string name, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var filter = new RunFilter
        {
            Statuses = query.Statuses("status"),
            Targets = [.. query.Texts("target"), .. query.Texts("agent_id")],
            Version = query.Text("version"),
            Kind = query.Text("kind"),
            CreatedAfter = query.Time("created_after"),
            CreatedBefore = query.Time("created_before"),
            Trigger = query.Text("trigger"),
        };
        var pageSize = (int)(query.Integer("page_size", 1, RequestLimits.MaxPageSize) ?? 50);
        var cursor = query.Text("cursor");
        query.ThrowIfInvalid();
        return TypedResults.Json(await gateway.ListRunsAsync(name, filter, pageSize, cursor, cancellationToken), ApiJson.Default.PlatformRunList);
    }

    private static async Task<JsonHttpResult<AdoptedRunList>> AdoptAsync(
        HttpContext context, string name, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context.Request, cancellationToken);
        var ids = body.Texts("remote_ids", RequestLimits.MaxPageSize);
        var filter = ReadFilter(body.Object("filter"));
        var limit = body.Integer("limit", 1, RequestLimits.MaxPageSize);
        var cursor = body.Text("cursor");
        var request = new AdoptExecution
        {
            Connection = name,
            RemoteId = "",
            Metadata = body.TextMap("metadata"),
            Deadline = body.Seconds("deadline_seconds") ?? RequestLimits.DefaultDeadline,
            CancelOnAbandon = body.Flag("cancel_on_abandon") ?? false,
        };
        body.RejectUnknownFields();
        if (!body.HasErrors && (ids is null) == (filter is null))
        {
            body.AddError("remote_ids", "or filter must be given, and not both.");
        }
        else if (ids is not null && (limit is not null || cursor is not null))
        {
            body.AddError(limit is not null ? "limit" : "cursor", "belongs to filter; remote_ids are adopted all.");
        }

        body.ThrowIfInvalid();
        return TypedResults.Json(
            filter is null
                ? await gateway.AdoptAsync(request, ids!.Value, cancellationToken)
                : await AdoptListedAsync(gateway, request, filter, limit ?? DefaultLimit, cursor, cancellationToken),
            ApiJson.Default.AdoptedRunList);
    }

    private static async Task<AdoptedRunList> AdoptListedAsync(
        ExecutionGateway gateway, AdoptExecution request, RunFilter filter, int limit, string? cursor, CancellationToken cancellationToken)
    {
        try
        {
            return await gateway.AdoptAsync(request, filter, limit, cursor, cancellationToken);
        }
        catch (InvalidRequestException e)
        {
            // The errors of the filter name its fields as the query of the list does.
            string[] ofBody = ["cursor", "filter", "connection", "deadline_seconds"];
            throw new InvalidRequestException(
            [
                .. e.Errors.Select(error => ofBody.Contains(error.Field) || error.Field.StartsWith("metadata", StringComparison.Ordinal)
                    ? error
                    : error with { Field = $"filter.{error.Field}" }),
            ]);
        }
    }

    private static RunFilter? ReadFilter(JsonBody? body)
    {
        if (body is null)
        {
            return null;
        }

        var filter = new RunFilter
        {
            Statuses = body.Statuses("status"),
            Targets = [.. body.Texts("target", RunFilter.MaxTargets) ?? [], .. body.Texts("agent_id", RunFilter.MaxTargets) ?? []],
            Version = body.Text("version"),
            Kind = body.Text("kind"),
            CreatedAfter = body.Time("created_after"),
            CreatedBefore = body.Time("created_before"),
            Trigger = body.Text("trigger"),
        };
        body.RejectUnknownFields();
        return filter;
    }
}
