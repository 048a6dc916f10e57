using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/nudges</c>: the endpoint for platforms' webhooks. It always answers 202 and reveals nothing, because anyone may call it.</summary>
internal static class NudgesApi
{
    public static void MapNudges(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/nudges/{connection}/{remoteId}", NudgeRunAsync)
            .WithTags("nudges")
            .WithSummary("Hints that polling a run now is worthwhile.")
            .WithDescription("It is made for the webhooks of platforms: the body is ignored, and the answer is 202 whether or not the run is watched.");

    private static async Task<Accepted> NudgeRunAsync(string connection, string remoteId, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        try
        {
            await gateway.NudgeAsync(connection, remoteId, cancellationToken);
        }
        catch (VigilUnavailableException)
        {
            // A hint may be lost, and an error would reveal that the run is watched.
        }

        return TypedResults.Accepted((string?)null);
    }
}
