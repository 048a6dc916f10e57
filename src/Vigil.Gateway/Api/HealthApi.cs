namespace Vigil.Gateway.Api;

/// <summary><c>/healthz</c> and <c>/readyz</c>. An outage of a platform makes neither of them fail.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", CheckAlive).WithTags("health").WithSummary("Answers 200 as long as the process is alive.");
        routes.MapGet("/readyz", CheckReadyAsync)
            .WithTags("health")
            .WithSummary("Answers 200 if the silo is active, the store can be reached, the first audit is done, and the silo is not stopping.")
            .WithMetadata(ApiJson.Produces<NotReady>(StatusCodes.Status503ServiceUnavailable, "Something is missing."));
    }

    private static Ok CheckAlive() => TypedResults.Ok();

    private static async Task<Results<Ok, JsonHttpResult<NotReady>>> CheckReadyAsync(VigilHealthCheck health, CancellationToken cancellationToken) =>
        await health.ListMissingAsync(cancellationToken) is { Length: > 0 } missing
            ? TypedResults.Json(new NotReady(missing), ApiJson.Default.NotReady, statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Ok();
}

/// <summary>The conditions that the process still needs before it is ready.</summary>
/// <param name="Missing">The conditions: <c>silo</c>, <c>store</c>, <c>database_claim</c>, <c>first_audit</c> (the first one after a start) or <c>draining</c>.</param>
internal sealed record NotReady(string[] Missing);
