using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Conformance.Calls;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Hosting;

/// <summary>What a silo offers to services that are no grains.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class SiloServicesTests(ConformanceCluster cluster)
{
    [Fact]
    public void LocalSiloDetails_AreThoseOfTheSilo()
    {
        var details = cluster.SiloServices.GetRequiredService<ILocalSiloDetails>();

        Assert.Equal(cluster.Host.Silos[0].SiloAddress, details.SiloAddress);
        Assert.NotEmpty(details.Name);
        Assert.NotEmpty(details.ClusterId);
        Assert.Equal(details.SiloAddress, SiloAddress.FromParsableString(details.SiloAddress.ToParsableString()));
    }

    [Fact]
    public async Task Membership_ShowsTheSiloActive_AtOnce()
    {
        var membership = cluster.SiloServices.GetRequiredService<IClusterMembershipService>();
        var address = cluster.Host.Silos[0].SiloAddress;

        await using var updates = membership.MembershipUpdates.GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync().AsTask().Within("the present membership"));

        Assert.Equal(membership.CurrentSnapshot.Version, updates.Current.Version);
        Assert.Equal(SiloStatus.Active, membership.CurrentSnapshot.GetSiloStatus(address));
        Assert.Equal(SiloStatus.Active, membership.CurrentSnapshot.Members[address].Status);
        Assert.Equal(SiloStatus.None, membership.CurrentSnapshot.GetSiloStatus(SiloAddress.New(address.Endpoint.Address, 1, 1)));
    }

    [Theory]
    [InlineData(typeof(IGrainFactory))]
    [InlineData(typeof(IClusterClient))]
    public async Task Service_OfTheSilo_CallsGrains(Type type)
    {
        var factory = (IGrainFactory)cluster.SiloServices.GetRequiredService(type);
        var key = ConformanceCluster.NewKey();

        await factory.GetGrain<ICallGrain>(key).TouchAsync("touched");

        Assert.Equal(["touched"], cluster.Stage.Journal(key).Entries);
    }

    [Fact]
    public async Task Service_OfTheSilo_SharesNoObjectWithAGrain()
    {
        var factory = cluster.SiloServices.GetRequiredService<IGrainFactory>();
        var grain = factory.GetGrain<Copying.ICopyGrain>(ConformanceCluster.NewKey());
        var node = new Copying.Node { Name = "before" };

        await grain.KeepAsync(node);
        node.Name = "after";
        var kept = await grain.GetKeptAsync();
        kept.Name = "after";

        Assert.Equal("before", (await grain.GetKeptAsync()).Name);
    }
}
