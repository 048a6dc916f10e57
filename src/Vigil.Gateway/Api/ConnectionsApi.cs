namespace Vigil.Gateway.Api;

/// <summary><c>/v1/connections</c>: the state of each configured account.</summary>
internal static class ConnectionsApi
{
    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/connections").WithTags("connections");
        group.MapGet("", ListAsync).WithSummary("Lists the connections with their state and effective cadence.");
        group.MapPost("/{name}/pause", PauseAsync).WithSummary("Stops all requests of a connection until it is resumed.");
        group.MapPost("/{name}/resume", ResumeAsync).WithSummary("Ends a pause or a suspension.");
    }

    private static async Task<JsonHttpResult<ConnectionList>> ListAsync(ConnectionGateway connections, CancellationToken cancellationToken) =>
        TypedResults.Json(new ConnectionList(await connections.ListAsync(cancellationToken)), ApiJson.Default.ConnectionList);

    private static async Task<JsonHttpResult<ConnectionStatus>> PauseAsync(string name, ConnectionGateway connections, CancellationToken cancellationToken) =>
        TypedResults.Json(
            await connections.PauseAsync(name, cancellationToken), ApiJson.Default.ConnectionStatus, statusCode: StatusCodes.Status202Accepted);

    private static async Task<JsonHttpResult<ConnectionStatus>> ResumeAsync(string name, ConnectionGateway connections, CancellationToken cancellationToken) =>
        TypedResults.Json(
            await connections.ResumeAsync(name, cancellationToken), ApiJson.Default.ConnectionStatus, statusCode: StatusCodes.Status202Accepted);
}
