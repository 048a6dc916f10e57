using Orleans.Configuration;

namespace Vigil.Grains.Recovery;

/// <summary>Evens out the silos of a cluster.</summary>
public static class ExecutionRebalancing
{
    /// <summary>
    /// Has Orleans' activation rebalancer move executions from silos that have more than others, so that one that joins gets its part within a minute.
    /// Without it an execution stays where it was first placed. It moves the activations of the whole silo, those of other grains too.
    /// </summary>
    /// <param name="builder">The silo.</param>
    public static ISiloBuilder AddExecutionRebalancing(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // It is marked as experimental, which says that its interface may change, and nothing else evens silos out.
#pragma warning disable ORLEANSEXP002
        builder.AddActivationRebalancer();
#pragma warning restore ORLEANSEXP002
        return builder.Configure<ActivationRebalancerOptions>(Configure);
    }

    // Each cycle moves a part of half the difference between the fullest and the emptiest silo. Orleans' weights begin with a tenth of that and need
    // minutes; these begin with two thirds. What is moved in one cycle must have arrived, and been counted, before the next.
    private static void Configure(ActivationRebalancerOptions options)
    {
        options.RebalancerDueTime = TimeSpan.FromSeconds(10);
        options.SessionCyclePeriod = TimeSpan.FromSeconds(5);
        options.CycleNumberWeight = 1;
        options.SiloNumberWeight = 0;
        options.ActivationMigrationCountLimit = 3_000;
    }
}
