using Orleans.Runtime;

namespace Orleans.Embedded;

/// <summary>What can go wrong in a test cluster, at will. Real Orleans has nothing like it.</summary>
public sealed class ClusterFaults
{
    private readonly Cluster _cluster;

    internal ClusterFaults(Cluster cluster) => _cluster = cluster;

    /// <summary>
    /// Gets or sets how long the cluster takes to notice that a silo was killed or froze. At zero, the default, a killed silo is noticed
    /// at once and a frozen one never; infinite means that <see cref="IClusterMembershipService.TryKill"/> alone declares silos dead.
    /// </summary>
    public TimeSpan DetectionDelay { get; set; }

    /// <summary>Gets or sets which calls are rejected instead of delivered.</summary>
    public Func<GrainId, bool>? RejectCall
    {
        get => _cluster.RejectCall;
        set => _cluster.RejectCall = value;
    }

    /// <summary>Lets a silo vanish: calls to it are rejected until it is declared dead, then its grains live elsewhere.</summary>
    public void Kill(SiloAddress silo)
    {
        var victim = _cluster.Find(silo);
        victim.Kill();
        if (DetectionDelay == TimeSpan.Zero)
        {
            _cluster.DeclareDead(victim);
        }
        else
        {
            _ = NoticeAsync(victim);
        }
    }

    /// <summary>Stops time for a silo: calls to it are swallowed, until it is thawed or declared dead.</summary>
    public void Freeze(SiloAddress silo)
    {
        var victim = _cluster.Find(silo);
        victim.Freeze();
        if (DetectionDelay != TimeSpan.Zero)
        {
            _ = NoticeAsync(victim);
        }
    }

    /// <summary>
    /// Lets a frozen silo go on with all that became due meanwhile. If it was declared dead it does so until it notices, which takes
    /// the detection delay again.
    /// </summary>
    public void Thaw(SiloAddress silo)
    {
        var victim = _cluster.Find(silo);
        victim.Thaw();
        if (_cluster.Membership.GetSiloStatus(silo) == SiloStatus.Dead)
        {
            _ = NoticeAsync(victim);
        }
    }

    private async Task NoticeAsync(Silo silo)
    {
        await Task.Delay(DetectionDelay, TimeProvider.System);
        if (silo.IsKilled || !silo.IsRunning)
        {
            _cluster.DeclareDead(silo);
        }
        else if (_cluster.Membership.GetSiloStatus(silo.SiloAddress) == SiloStatus.Dead)
        {
            silo.Kill();
        }
    }
}
