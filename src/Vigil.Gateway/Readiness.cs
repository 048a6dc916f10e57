using Microsoft.Extensions.Hosting;

namespace Vigil.Gateway;

/// <summary>Reports whether this process is ready for requests.</summary>
internal sealed class Readiness(IClusterClient cluster, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Returns what is missing; empty when ready.</summary>
    public async Task<string[]> ListMissingAsync(CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            missing.Add("draining");
        }

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
