using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Cluster.Tests.OrleansAssumptions.Support;
using Vigil.Grains.Recovery;

namespace Vigil.Cluster.Tests.OrleansAssumptions;

/// <summary>Several silos: how each knows of the others, and what moves between them.</summary>
[Collection(AssumptionsCollection.Name)]
public sealed class MembershipTests(TwoSilos cluster) : IClassFixture<TwoSilos>
{
    /// <summary><c>RecoveryService.FollowMembershipAsync</c> audits at each change, and <c>SiloMembers.MayAnswer</c> believes it.</summary>
    [Fact]
    public async Task Membership_OfASiloThatJoinsAndDies_ReachesTheOthers()
    {
        var services = cluster.Host.Silos[0].ServiceProvider;
        var members = ActivatorUtilities.CreateInstance<SiloMembers>(services);
        var joins = await cluster.Host.StartAdditionalAsync();
        var joined = joins.SiloAddress.ToParsableString();
        Assert.Contains(joined, members.Active);
        Assert.True(members.MayAnswer(joined));

        await using var changes = members.Changes.GetAsyncEnumerator();
        await cluster.Host.KillAsync(joins);
        do
        {
            Assert.True(await changes.MoveNextAsync().AsTask().OrFailAsync("The death was never told."));
        }
        while (changes.Current.GetSiloStatus(joins.SiloAddress) != SiloStatus.Dead);

        Assert.DoesNotContain(joined, members.Active);
        Assert.False(members.MayAnswer(joined));
    }

    /// <summary><c>SiloMembers.Self</c> is what rows name as their owner, so it must be read back, and a silo's next life must be another.</summary>
    [Fact]
    public void SiloAddress_WrittenAndRead_IsTheSame()
    {
        var address = cluster.Host.Silos[0].SiloAddress;
        var members = ActivatorUtilities.CreateInstance<SiloMembers>(cluster.Host.Silos[0].ServiceProvider);

        Assert.Equal(address.ToParsableString(), members.Self);
        Assert.True(SiloAddress.TryParse(members.Self, out var read));
        Assert.Equal(address, read);
        Assert.True(members.MayAnswer(members.Self));
        Assert.False(members.MayAnswer(SiloAddress.New(address.Endpoint, address.Generation - 1).ToParsableString()));
    }

    /// <summary><c>ExecutionGrain.CommitAsync</c> puts back what was stored: whatever the state is, a migration takes it along unread.</summary>
    [Theory]
    [InlineData(true, "stored")]
    [InlineData(false, "not stored")]
    public async Task Migration_AfterAFailedWrite_TakesAlongTheStateAsItIs(bool restore, string expected)
    {
        var grain = cluster.NewGrain();
        await grain.WriteAsync("stored");
        var home = (await grain.ReadAsync()).Silo;
        var other = cluster.Host.Silos.Single(silo => !silo.SiloAddress.Equals(home)).SiloAddress;
        cluster.Storage.BeforeWrite = () => throw new InvalidOperationException("The outcome is unknown.");

        await grain.TryWriteAndMoveAsync("not stored", restore, other);
        var moved = await grain.ReadAsync();

        Assert.Equal((expected, other), (moved.Text, moved.Silo));
    }
}
