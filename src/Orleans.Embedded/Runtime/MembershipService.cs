using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Orleans.Runtime;

/// <summary>What one silo knows of the membership. A frozen silo learns nothing.</summary>
internal sealed class MembershipService(Cluster cluster) : IClusterMembershipService
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } =
        new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new(long.MinValue));

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => WatchAsync();

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => default;

    public Task<bool> TryKill(SiloAddress siloAddress)
    {
        var isMember = cluster.Membership.GetSiloStatus(siloAddress) is not (SiloStatus.None or SiloStatus.Dead);
        if (isMember)
        {
            cluster.DeclareDead(cluster.Find(siloAddress));
        }

        return Task.FromResult(isMember);
    }

    public void Update(ClusterMembershipSnapshot snapshot)
    {
        lock (_lock)
        {
            if (snapshot.Version > CurrentSnapshot.Version)
            {
                CurrentSnapshot = snapshot;
                _changed.SetResult();
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private async IAsyncEnumerable<ClusterMembershipSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var seen = new MembershipVersion(long.MinValue);
        while (true)
        {
            ClusterMembershipSnapshot snapshot;
            Task changed;
            lock (_lock)
            {
                snapshot = CurrentSnapshot;
                changed = _changed.Task;
            }

            if (snapshot.Version != seen)
            {
                seen = snapshot.Version;
                yield return snapshot;
            }
            else
            {
                await changed.WaitAsync(cancellationToken);
            }
        }
    }
}
