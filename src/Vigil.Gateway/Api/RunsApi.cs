using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/connections/{name}/runs</c>: what the platform itself lists, and adopting from there.</summary>
internal static class RunsApi
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/v1/connections/{name}").WithTags("connections")
            .Fails(ProblemCodes.ConnectionNotFound, ProblemCodes.ListingNotSupported, ProblemCodes.PlatformUnavailable);
        runs.MapGet("/runs", ListRunsAsync)
            .WithSummary("Lists the runs that the platform itself lists, each with the execution that watches it, if any.")
            .WithDescription(
                "A page may have fewer runs than page_size although another follows. The request counts in the connection's budget. "
                + "A filter that the platform does not have is an error.");
        runs.MapPost("/runs:adopt", AdoptRunsAsync)
            .WithSummary("Watches several runs that were not started by Vigil.")
            .WithDescription("The body has either remote_ids or filter. The answer has an item for each run; one that could not be adopted has an error. It is safe to repeat.");
    }

    private static async Task<Answer<PlatformRunList>> ListRunsAsync(
        string name, Query<RunListQuery> query, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var (filter, pageSize, cursor) = query.Read();
        return new(await gateway.ListRunsAsync(name, filter, pageSize, cursor, cancellationToken));
    }

    private static async Task<Answer<AdoptedRunList>> AdoptRunsAsync(
        string name, Body<AdoptRunsRequest> body, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var request = await body.ReadAsync(cancellationToken);
        var adopt = request.Adopt with { Connection = name };
        return new(request.Filter is { } filter
            ? await AdoptListedAsync(gateway, adopt, filter, request.Limit, request.Cursor, cancellationToken)
            : await gateway.AdoptAsync(adopt, request.RemoteIds!.Value, cancellationToken));
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
}
