using Orleans.Runtime;

namespace Orleans.Embedded;

/// <summary>What can go wrong in a cluster, at will. Real Orleans has nothing like it.</summary>
public sealed class ClusterFaults
{
    /// <summary>Gets or sets how long the cluster takes to notice that a silo was killed or froze. Zero unless set, and never for a frozen one.</summary>
    public TimeSpan DetectionDelay { get; set; }

    /// <summary>Gets or sets which calls are rejected instead of delivered.</summary>
    public Func<GrainId, bool>? RejectCall { get; set; }

    /// <summary>Stops time for a silo: calls to it are swallowed, until it is thawed or declared dead.</summary>
    /// <param name="silo">The silo.</param>
    public void Freeze(SiloAddress silo) => throw new NotImplementedException(silo.ToString());

    /// <summary>Lets a frozen silo go on with all that became due meanwhile.</summary>
    /// <param name="silo">The silo.</param>
    public void Thaw(SiloAddress silo) => throw new NotImplementedException(silo.ToString());
}
