namespace Vigil.Gateway.Api;

/// <summary><c>/healthz</c> and <c>/readyz</c>. An outage of a platform makes neither of them fail.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Ok()).WithTags("health").WithSummary("Alive.");
        routes.MapGet("/readyz", ReadyAsync).WithTags("health").WithSummary("Ready: silo active, store reachable, first audit done, not draining.");
    }

    private static async Task<Results<Ok, JsonHttpResult<NotReady>>> ReadyAsync(VigilHealthCheck health, CancellationToken cancellationToken) =>
        await health.ListMissingAsync(cancellationToken) is { Length: > 0 } missing
            ? TypedResults.Json(new NotReady(missing), ApiJson.Default.NotReady, statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Ok();
}

/// <summary>The conditions that the process still needs before it is ready.</summary>
internal sealed record NotReady(string[] Missing);
