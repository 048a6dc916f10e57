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

    private static async Task<JsonHttpResult<ConnectionList>> ListAsync(IVigilClient client, CancellationToken cancellationToken) =>
        TypedResults.Json(new ConnectionList(await client.ListConnectionsAsync(cancellationToken)), ApiJson.Default.ConnectionList);

    private static async Task<JsonHttpResult<ConnectionStatus>> PauseAsync(string name, IVigilClient client, CancellationToken cancellationToken) =>
        Accepted(await client.PauseConnectionAsync(name, cancellationToken));

    private static async Task<JsonHttpResult<ConnectionStatus>> ResumeAsync(string name, IVigilClient client, CancellationToken cancellationToken) =>
        Accepted(await client.ResumeConnectionAsync(name, cancellationToken));

    private static JsonHttpResult<ConnectionStatus> Accepted(ConnectionStatus status) =>
        TypedResults.Json(status, ApiJson.Default.ConnectionStatus, statusCode: StatusCodes.Status202Accepted);
}
