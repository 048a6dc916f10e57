using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded;
using Orleans.TestingHost;

namespace Vigil.Cluster.Tests.Hosting;

public sealed partial class TestClusterHost
{
    private const string? EngineFaultsMissing = null;

    private ClusterFaults Faults => Client.ServiceProvider.GetRequiredService<ClusterFaults>();

    /// <summary>Sets how long the cluster takes to notice that a silo was killed or froze. Zero at first for a killed one.</summary>
    public void SetDetectionDelay(TimeSpan delay) => Faults.DetectionDelay = delay;

    /// <summary>Stops time for a silo: it keeps its address and swallows calls, until it is thawed or declared dead.</summary>
    public void Freeze(InProcessSiloHandle silo) => Faults.Freeze(silo.SiloAddress);

    /// <summary>Lets a frozen silo go on with everything that became due meanwhile.</summary>
    public void Thaw(InProcessSiloHandle silo) => Faults.Thaw(silo.SiloAddress);

    /// <summary>Rejects each call for which the rule says so, as a cluster does in which silos come and go. Null rejects none.</summary>
    public void RejectCalls(Func<GrainId, bool>? rule) => Faults.RejectCall = rule;

    private static void ConfigureEngine(InProcessTestClusterBuilder builder)
    {
    }

    private static Task WaitForEngineAsync(InProcessTestCluster cluster) => Task.CompletedTask;
}
