using Microsoft.Extensions.Hosting;

namespace Vigil.Gateway.Api;

/// <summary><c>/healthz</c> and <c>/readyz</c>. An outage of a platform makes neither of them fail.</summary>
internal static class HealthApi
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Ok()).WithTags("health").WithSummary("Alive.");
        routes.MapGet("/readyz", ReadyAsync).WithTags("health").WithSummary("Ready: silo active, store reachable, first audit done, not draining.");
    }

    private static async Task<Results<Ok, JsonHttpResult<NotReady>>> ReadyAsync(
        IClusterClient cluster, IHostApplicationLifetime lifetime, TimeProvider time, CancellationToken cancellationToken)
    {
        List<string> missing = lifetime.ApplicationStopping.IsCancellationRequested ? ["draining"] : [];
        try
        {
            missing.AddRange(await cluster.GetGrain<IQueryGrain>(IQueryGrain.Key).ListMissingAsync().WaitAsync(Timeout, time, cancellationToken));
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            missing.Add("silo");
        }

        return missing.Count > 0
            ? TypedResults.Json(new NotReady([.. missing]), ApiJson.Default.NotReady, statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Ok();
    }
}

/// <summary>The conditions that the process still needs before it is ready.</summary>
internal sealed record NotReady(string[] Missing);
