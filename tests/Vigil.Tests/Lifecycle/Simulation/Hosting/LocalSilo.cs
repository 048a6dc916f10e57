namespace Vigil.Tests.Lifecycle.Simulation.Hosting;

/// <summary>What a silo knows of itself.</summary>
internal sealed class LocalSilo(SiloAddress address) : ILocalSiloDetails
{
    public string Name => address.ToParsableString();

    public string ClusterId => "simulated";

    public string DnsHostName => "simulated";

    public SiloAddress SiloAddress => address;

    public SiloAddress GatewayAddress => address;
}

/// <summary>Who counts as alive, as every silo sees it.</summary>
internal sealed class Membership : IClusterMembershipService
{
    private ImmutableDictionary<SiloAddress, ClusterMember> _members = ImmutableDictionary<SiloAddress, ClusterMember>.Empty;

    public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } = new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new(0));

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

    public void Set(SiloAddress silo, SiloStatus status)
    {
        _members = _members.SetItem(silo, new(silo, status, silo.ToParsableString()));
        CurrentSnapshot = new(_members, new(CurrentSnapshot.Version.Value + 1));
    }

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
}
