using Orleans.Configuration;
using Orleans.TestingHost;

namespace Vigil.Cluster.Tests.Hosting;

public sealed partial class TestClusterHost
{
    private const string? EngineFaultsMissing = "Silos of real Orleans that share a process cannot be frozen one by one.";

    public void SetDetectionDelay(TimeSpan delay) => throw new NotSupportedException(EngineFaultsMissing);

    public void Freeze(InProcessSiloHandle silo) => throw new NotSupportedException(EngineFaultsMissing);

    public void Thaw(InProcessSiloHandle silo) => throw new NotSupportedException(EngineFaultsMissing);

    public void RejectCalls(Func<GrainId, bool>? rule) => throw new NotSupportedException(EngineFaultsMissing);

    // Silos miss each other quickly, since tests wait for it.
    private static void ConfigureEngine(InProcessTestClusterBuilder builder) =>
        builder.ConfigureSilo((_, silo) => silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromMilliseconds(500);
            options.NumMissedProbesLimit = 1;
            options.NumVotesForDeathDeclaration = 1;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
        }));

    // A membership that every silo sees does not mean yet that each knows what grains the others host, and where.
    private static async Task WaitForEngineAsync(InProcessTestCluster cluster)
    {
        await cluster.WaitForLivenessToStabilizeAsync();
        await cluster.WaitForClusterManifestToStabilizeAsync();
    }
}
