using Orleans.Configuration;

namespace Vigil.Grains.Recovery;

/// <summary>Balances executions over the silos of a cluster.</summary>
public static class ExecutionRebalancing
{
    /// <summary>
    /// Enables Orleans' activation rebalancer, so that a silo that joins gets its share of executions within a minute. Without it an execution stays where it
    /// was first placed. The rebalancer also moves activations of the silo's other grains.
    /// </summary>
    /// <param name="builder">The silo builder.</param>
    public static ISiloBuilder AddExecutionRebalancing(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // Marked as experimental, so its API may change, but Orleans has no other way to balance silos.
#pragma warning disable ORLEANSEXP002
        builder.AddActivationRebalancer();
#pragma warning restore ORLEANSEXP002
        return builder.Configure<ActivationRebalancerOptions>(Configure);
    }

    // Each cycle moves a fraction of half the difference between the fullest and the emptiest silo. Orleans' default weights start at a tenth and take
    // minutes; these start at two thirds. Activations moved in one cycle must have arrived, and been counted, before the next.
    private static void Configure(ActivationRebalancerOptions options)
    {
        options.RebalancerDueTime = TimeSpan.FromSeconds(10);
        options.SessionCyclePeriod = TimeSpan.FromSeconds(5);
        options.CycleNumberWeight = 1;
        options.SiloNumberWeight = 0;
        options.ActivationMigrationCountLimit = 3_000;
    }
}
