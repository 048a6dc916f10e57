namespace Vigil.Grains.Recovery;

/// <summary>The cluster's silos as named in the store: by address and generation, so a restarted silo is a different one.</summary>
internal sealed class SiloMembers(ILocalSiloDetails local, IClusterMembershipService membership)
{
    public string Self { get; } = local.SiloAddress.ToParsableString();

    /// <summary>Gets the active silos, in the same order on every silo.</summary>
    public ImmutableArray<string> Active =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress.ToParsableString())
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Returns whether a silo may still report on its claims; a silo that is shutting down still does.</summary>
    public bool MayAnswer(string silo) =>
        SiloAddress.TryParse(silo, out var address)
        && membership.CurrentSnapshot.GetSiloStatus(address) is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown;

    public IAsyncEnumerable<ClusterMembershipSnapshot> Changes => membership.MembershipUpdates;
}
