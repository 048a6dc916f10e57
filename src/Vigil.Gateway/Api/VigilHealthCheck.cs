using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Vigil.Gateway.Api;

/// <summary>Whether Vigil can work: silo active, store reachable, first audit done, not draining. An outage of a platform does not make it fail.</summary>
internal sealed class VigilHealthCheck(IClusterClient cluster, IHostApplicationLifetime lifetime, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await ListMissingAsync(cancellationToken) is { Length: > 0 } missing
            ? new(context.Registration.FailureStatus, $"Missing: {string.Join(", ", missing)}.", data: new Dictionary<string, object> { ["missing"] = missing })
            : HealthCheckResult.Healthy();

    /// <summary>Returns what is missing; empty if Vigil can work.</summary>
    public async Task<string[]> ListMissingAsync(CancellationToken cancellationToken)
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

        return [.. missing];
    }
}
