using Vigil.Grains.Executions;

namespace Vigil.Grains.Recovery;

/// <summary>
/// The cluster's silos that run Vigil, as named in the store: by address and generation, so a restarted silo is a different one. An app's cluster may have
/// other silos, which must not be counted on.
/// </summary>
internal sealed class SiloMembers(ILocalSiloDetails local, IClusterMembershipService membership, IClusterManifestProvider manifests)
{
    public string Self { get; } = local.SiloAddress.ToParsableString();

    /// <summary>Gets the active silos, in the same order on every silo.</summary>
    public ImmutableArray<string> Active =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && MayRunVigil(member.SiloAddress))
            .Select(member => member.SiloAddress.ToParsableString())
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Returns whether a silo may still report on its claims; a silo that is shutting down still does.</summary>
    public bool MayAnswer(string silo) =>
        SiloAddress.TryParse(silo, out var address)
        && membership.CurrentSnapshot.GetSiloStatus(address) is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown;

    // A silo that has just joined may not have published yet what it runs.
    private bool MayRunVigil(SiloAddress silo) =>
        !manifests.Current.Silos.TryGetValue(silo, out var manifest) || manifest.Grains.ContainsKey(ExecutionGrain.Type);

    public IAsyncEnumerable<ClusterMembershipSnapshot> Changes => membership.MembershipUpdates;
}
