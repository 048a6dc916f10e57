namespace Vigil.Grains.Recovery;

/// <summary>The cluster's silos as the store names them: a silo is its address with its generation, so its next life is another one.</summary>
internal sealed class SiloMembers(ILocalSiloDetails local, IClusterMembershipService membership)
{
    /// <summary>Gets this silo.</summary>
    public string Self { get; } = local.SiloAddress.ToParsableString();

    /// <summary>Gets the active silos, in an order that every silo finds alike.</summary>
    public ImmutableArray<string> Active =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress.ToParsableString())
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Tells whether a silo may still answer for what it claimed; one that is leaving still does.</summary>
    public bool MayAnswer(string silo) =>
        SiloAddress.TryParse(silo, out var address)
        && membership.CurrentSnapshot.GetSiloStatus(address) is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown;

    /// <summary>Yields at each change of the membership.</summary>
    public IAsyncEnumerable<ClusterMembershipSnapshot> Changes => membership.MembershipUpdates;
}
