using Orleans.TestingHost;

namespace Vigil.Cluster.Tests.Hosting;

public sealed partial class TestClusterHost
{
    private const string? EngineFaultsMissing = "Silos of real Orleans that share a process cannot be frozen one by one.";

    public void SetDetectionDelay(TimeSpan delay) => throw new NotSupportedException(EngineFaultsMissing);

    public void Freeze(InProcessSiloHandle silo) => throw new NotSupportedException(EngineFaultsMissing);

    public void Thaw(InProcessSiloHandle silo) => throw new NotSupportedException(EngineFaultsMissing);

    public void RejectCalls(Func<GrainId, bool>? rule) => throw new NotSupportedException(EngineFaultsMissing);

    private static void ConfigureEngine(InProcessTestClusterBuilder builder)
    {
    }

    // A membership that every silo sees does not mean yet that each knows what grains the others host, and where.
    private static async Task WaitForEngineAsync(InProcessTestCluster cluster)
    {
        await cluster.WaitForLivenessToStabilizeAsync();
        await cluster.WaitForClusterManifestToStabilizeAsync();
    }
}
