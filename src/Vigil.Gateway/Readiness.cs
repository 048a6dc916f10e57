using Microsoft.Extensions.Hosting;
using Vigil.Grains.Recovery;
using Vigil.Storage;

namespace Vigil.Gateway;

/// <summary>Whether this process should be sent requests.</summary>
internal sealed class Readiness(IVigilStore store, RecoveryService recovery, IHostApplicationLifetime lifetime)
{
    /// <summary>Names what is missing; empty when ready. The first audit runs once the silo is active, so it stands for both.</summary>
    public async Task<string[]> WhatIsMissingAsync(CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            missing.Add("draining");
        }

        if (!recovery.FirstAudit.IsCompleted)
        {
            missing.Add("first_audit");
        }

        try
        {
            await store.ReadEventHeadAsync(cancellationToken);
        }
        catch (StoreException)
        {
            missing.Add("store");
        }

        return [.. missing];
    }
}
