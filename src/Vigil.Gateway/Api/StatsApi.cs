using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/stats</c>: how many executions there are, and how many need attention.</summary>
internal static class StatsApi
{
    public static void MapStats(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/stats", GetStatsAsync)
        .WithTags("stats")
        .WithSummary("Counts all stored executions by status, and those that need attention by reason.");

    private static async Task<Answer<ExecutionStats>> GetStatsAsync(ExecutionGateway gateway, CancellationToken cancellationToken) =>
        new(await gateway.GetStatsAsync(cancellationToken));
}
