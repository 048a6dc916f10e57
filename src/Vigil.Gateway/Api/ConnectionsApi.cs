namespace Vigil.Gateway.Api;

/// <summary><c>/v1/connections</c>: the state of each configured account.</summary>
internal static class ConnectionsApi
{
    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/connections").WithTags("connections");
        group.MapGet("", ListConnectionsAsync).WithSummary("Lists the connections with their state and effective cadence.");
        group.MapPost("/{name}/pause", PauseConnectionAsync)
            .WithSummary("Stops all requests of a connection until it is resumed.")
            .Fails(ProblemCodes.ConnectionNotFound);
        group.MapPost("/{name}/resume", ResumeConnectionAsync)
            .WithSummary("Ends a pause or a suspension.")
            .Fails(ProblemCodes.ConnectionNotFound);
    }

    private static async Task<Answer<ConnectionList>> ListConnectionsAsync(IVigilClient client, CancellationToken cancellationToken) =>
        new(new(await client.ListConnectionsAsync(cancellationToken)));

    private static async Task<AcceptedAnswer<ConnectionStatus>> PauseConnectionAsync(string name, IVigilClient client, CancellationToken cancellationToken) =>
        new(await client.PauseConnectionAsync(name, cancellationToken));

    private static async Task<AcceptedAnswer<ConnectionStatus>> ResumeConnectionAsync(string name, IVigilClient client, CancellationToken cancellationToken) =>
        new(await client.ResumeConnectionAsync(name, cancellationToken));
}
