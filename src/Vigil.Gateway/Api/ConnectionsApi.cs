using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/connections</c>: where each configured account stands.</summary>
internal static class ConnectionsApi
{
    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var connections = routes.MapGroup("/v1/connections").WithTags("connections");
        connections.MapGet("", ListAsync).WithSummary("Lists the connections with their state and effective cadence.");
        connections.MapPost("/{name}/pause", PauseAsync).WithSummary("Stops all requests of a connection until it is resumed.");
        connections.MapPost("/{name}/resume", ResumeAsync).WithSummary("Ends a pause or a suspension.");
    }

    private static async Task<JsonHttpResult<ConnectionList>> ListAsync(ConnectionDirectory directory, CancellationToken cancellationToken) =>
        TypedResults.Json(new ConnectionList(await directory.ListAsync(cancellationToken)), ApiJson.Default.ConnectionList);

    private static async Task<JsonHttpResult<ConnectionStatus>> PauseAsync(string name, ConnectionDirectory directory, CancellationToken cancellationToken) =>
        TypedResults.Json(
            await directory.PauseAsync(name, cancellationToken), ApiJson.Default.ConnectionStatus, statusCode: StatusCodes.Status202Accepted);

    private static async Task<JsonHttpResult<ConnectionStatus>> ResumeAsync(string name, ConnectionDirectory directory, CancellationToken cancellationToken) =>
        TypedResults.Json(
            await directory.ResumeAsync(name, cancellationToken), ApiJson.Default.ConnectionStatus, statusCode: StatusCodes.Status202Accepted);
}
