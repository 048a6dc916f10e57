using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Clusters;

/// <summary>What is left when a silo leaves, well or badly.</summary>
public sealed class LostSiloTests
{
    [Fact]
    public async Task Stopped_ItsGrainsEndWell_AndComeBackOnTheOther()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var (stays, leaves) = (cluster.Host.Silos[0], cluster.Host.Silos[1]);
        var grain = await cluster.NewOnAsync(leaves);
        await grain.WriteAsync("stored");

        await cluster.Host.StopAsync(leaves);
        await cluster.Host.WaitForMembershipAsync();

        await cluster.JournalOf(grain).HasAsync("deactivated: ShuttingDown");
        Assert.Equal(stays.SiloAddress.ToParsableString(), await grain.GetSiloAsync());
        Assert.Equal("stored", await grain.ReadAsync());
        Assert.Equal(2, await grain.GetNumberAsync());
    }

    [Fact]
    public async Task Killed_ItsGrainsComeBackOnTheOther()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var (stays, dies) = (cluster.Host.Silos[0], cluster.Host.Silos[1]);
        var (grain, neighbour) = (await cluster.NewOnAsync(dies), await cluster.NewOnAsync(stays));
        await grain.WriteAsync("stored");
        await grain.RememberAsync("not stored");

        await cluster.Host.KillAsync(dies);
        await cluster.Host.WaitForMembershipAsync();

        Assert.Equal(stays.SiloAddress.ToParsableString(), await neighbour.GetSiloOfAsync(grain));
        Assert.Equal(stays.SiloAddress.ToParsableString(), await grain.GetSiloAsync());
        Assert.Equal("stored", await grain.ReadAsync());
        Assert.Null(await grain.RecallAsync());
        Assert.Equal(1, await neighbour.GetNumberAsync());
    }

    [Fact]
    public async Task Killed_CallsOfItsNeighboursFail()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var dies = cluster.Host.Silos[1];
        var (grain, neighbour) = (await cluster.NewOnAsync(dies), await cluster.NewOnAsync(cluster.Host.Silos[0]));
        var held = neighbour.HoldThroughAsync(grain);
        await cluster.GateOf(grain).ReachedAsync();

        await cluster.Host.KillAsync(dies);
        await cluster.Host.WaitForMembershipAsync();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => held.Within("the failure of a call to a dead silo"));
    }

    [Fact]
    public async Task Killed_IsDeadInTheMembership_AndTheUpdatesSayIt()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var (stays, dies) = (cluster.Host.Silos[0], cluster.Host.Silos[1]);
        var membership = stays.ServiceProvider.GetRequiredService<IClusterMembershipService>();
        var before = membership.CurrentSnapshot;
        var seen = TwoSilos.SeeDeathAsync(stays, dies.SiloAddress);

        await cluster.Host.KillAsync(dies);
        var after = await seen.Within("the death in the membership updates");

        Assert.Equal(SiloStatus.Active, before.GetSiloStatus(dies.SiloAddress));
        Assert.Equal(SiloStatus.Dead, after.GetSiloStatus(dies.SiloAddress));
        Assert.Equal(SiloStatus.Active, after.GetSiloStatus(stays.SiloAddress));
        Assert.True(after.Version > before.Version);
    }

    [Fact]
    public async Task Killed_ItsRemindersTickOnTheOther()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var (stays, dies) = (cluster.Host.Silos[0], cluster.Host.Silos[1]);

        // Which silo keeps whose reminders is the engine's affair: with twenty grains both keep some.
        var grains = Enumerable.Range(0, 20).Select(_ => cluster.New()).ToArray();
        await Task.WhenAll(grains.Select(grain => grain.RemindAsync(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200))));

        await cluster.Host.KillAsync(dies);
        await cluster.Host.WaitForMembershipAsync();

        foreach (var grain in grains)
        {
            await cluster.JournalOf(grain).HasAsync($"ticks on {stays.SiloAddress.ToParsableString()}");
        }
    }

    [Fact]
    public async Task Joined_TakesNewGrains()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var version = Membership(0).CurrentSnapshot.Version;

        var third = await cluster.Host.StartAdditionalAsync();

        await cluster.NewOnAsync(third);
        Assert.Equal(3, cluster.Host.Silos.Count);
        Assert.True(Membership(0).CurrentSnapshot.Version > version);
        Assert.Equal(SiloStatus.Active, Membership(1).CurrentSnapshot.GetSiloStatus(third.SiloAddress));

        IClusterMembershipService Membership(int silo) => cluster.Host.Silos[silo].ServiceProvider.GetRequiredService<IClusterMembershipService>();
    }
}
