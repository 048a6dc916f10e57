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

    private static async Task<JsonHttpResult<ConnectionList>> ListAsync(IClusterClient cluster, GrainCalls calls, CancellationToken cancellationToken)
    {
        var queries = cluster.GetGrain<IQueryGrain>(IQueryGrain.Key);
        return TypedResults.Json(new ConnectionList(await calls.CallAsync(queries.ListConnectionsAsync, cancellationToken)), ApiJson.Default.ConnectionList);
    }

    private static Task<JsonHttpResult<ConnectionStatus>> PauseAsync(string name, IClusterClient cluster, GrainCalls calls, CancellationToken cancellationToken) =>
        ChangeAsync(name, grain => grain.SuspendAsync(SuspensionReasons.Paused), cluster, calls, cancellationToken);

    private static Task<JsonHttpResult<ConnectionStatus>> ResumeAsync(string name, IClusterClient cluster, GrainCalls calls, CancellationToken cancellationToken) =>
        ChangeAsync(name, grain => grain.ResumeAsync(), cluster, calls, cancellationToken);

    private static async Task<JsonHttpResult<ConnectionStatus>> ChangeAsync(
        string name, Func<IConnectionGrain, Task<ConnectionHealth>> change, IClusterClient cluster, GrainCalls calls, CancellationToken cancellationToken)
    {
        var queries = cluster.GetGrain<IQueryGrain>(IQueryGrain.Key);

        // Throws for an unknown connection before its grain stores anything.
        await calls.CallAsync(() => queries.GetConnectionAsync(name), cancellationToken);
        await calls.CallAsync(() => change(cluster.GetGrain<IConnectionGrain>(ConnectionKey.Of(name))), cancellationToken);
        var status = await calls.CallAsync(() => queries.GetConnectionAsync(name), cancellationToken);
        return TypedResults.Json(status, ApiJson.Default.ConnectionStatus, statusCode: StatusCodes.Status202Accepted);
    }
}
