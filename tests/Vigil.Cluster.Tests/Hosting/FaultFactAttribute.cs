namespace Vigil.Cluster.Tests.Hosting;

/// <summary>A test that freezes silos, delays detection or rejects calls; skipped, with the reason, where the engine cannot.</summary>
public sealed class FaultFactAttribute : FactAttribute
{
    public FaultFactAttribute() => Skip = TestClusterHost.FaultsMissing;
}
