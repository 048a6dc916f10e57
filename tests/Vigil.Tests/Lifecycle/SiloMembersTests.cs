using System.Net;
using Orleans.Metadata;
using Vigil.Grains.Executions;
using Vigil.Grains.Recovery;
using Vigil.Tests.Lifecycle.Simulation.Hosting;

namespace Vigil.Tests.Lifecycle;

public sealed class SiloMembersTests
{
    [Fact]
    public void Active_InAClusterWithOtherSilos_HasThoseThatRunVigilAlone()
    {
        var (own, other, joining) = (Address(1), Address(2), Address(3));
        var membership = new Membership();
        Array.ForEach([own, other, joining], silo => membership.Set(silo, SiloStatus.Active));
        var manifests = new Manifests(new()
        {
            [own] = Running(ExecutionGrain.Type),
            [other] = Running(GrainType.Create("app.orders")),
        });

        var members = new SiloMembers(new LocalSilo(own), membership, manifests);

        // What the one that has just joined runs is not known yet.
        Assert.Equal([own.ToParsableString(), joining.ToParsableString()], members.Active.AsEnumerable());
    }

    private static SiloAddress Address(int port) => SiloAddress.New(IPAddress.Loopback, port, 1);

    private static GrainManifest Running(GrainType grain) => new(
        ImmutableDictionary<GrainType, GrainProperties>.Empty.Add(grain, new(ImmutableDictionary.Create<string, string>(StringComparer.Ordinal))),
        ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty);

    private sealed class Manifests(Dictionary<SiloAddress, GrainManifest> silos) : IClusterManifestProvider
    {
        public ClusterManifest Current { get; } = new(new(1, 1), silos.ToImmutableDictionary());

        public IAsyncEnumerable<ClusterManifest> Updates => throw new NotSupportedException();

        public GrainManifest LocalGrainManifest => throw new NotSupportedException();
    }
}
