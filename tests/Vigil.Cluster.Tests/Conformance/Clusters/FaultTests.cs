using Vigil.Cluster.Tests.Conformance.Support;
using Vigil.Cluster.Tests.Hosting;

namespace Vigil.Cluster.Tests.Conformance.Clusters;

/// <summary>
/// Faults that one process can only pretend. They show what a cluster of processes does: a frozen silo swallows calls, a dead one that
/// nobody misses yet has them rejected.
/// </summary>
public sealed class FaultTests
{
    [FaultFact]
    public async Task Frozen_SwallowsCallsUntilTheTimeout_AndAnswersThemWhenItThaws()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var freezes = cluster.Host.Silos[1];
        var (grain, neighbour) = (await cluster.NewOnAsync(freezes), await cluster.NewOnAsync(cluster.Host.Silos[0]));

        cluster.Host.Freeze(freezes);
        await Assert.ThrowsAsync<TimeoutException>(() => grain.GetNumberSoonAsync().Within("a time-out"));
        Assert.Equal(1, await neighbour.GetNumberAsync());
        var late = grain.GetNumberAsync();
        cluster.Host.Thaw(freezes);

        Assert.Equal(1, await late.Within("the answer of a thawed silo"));
    }

    [FaultFact]
    public async Task Frozen_AndDeclaredDead_ItsGrainsComeBackOnTheOther()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var (stays, freezes) = (cluster.Host.Silos[0], cluster.Host.Silos[1]);
        var grain = await cluster.NewOnAsync(freezes);
        await grain.WriteAsync("stored");

        cluster.Host.SetDetectionDelay(TimeSpan.FromMilliseconds(100));
        cluster.Host.Freeze(freezes);
        await TwoSilos.SeeDeathAsync(stays, freezes.SiloAddress).Within("the death of a frozen silo");

        Assert.Equal(stays.SiloAddress.ToParsableString(), await grain.GetSiloAsync());
        Assert.Equal("stored", await grain.ReadAsync());
    }

    [FaultFact]
    public async Task Killed_BeforeAnybodyNotices_CallsAreRejected()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var (stays, dies) = (cluster.Host.Silos[0], cluster.Host.Silos[1]);
        var (grain, neighbour) = (await cluster.NewOnAsync(dies), await cluster.NewOnAsync(stays));

        cluster.Host.SetDetectionDelay(TimeSpan.FromSeconds(1));
        var seen = TwoSilos.SeeDeathAsync(stays, dies.SiloAddress);
        await cluster.Host.KillAsync(dies);

        await Assert.ThrowsAnyAsync<OrleansMessageRejectionException>(() => grain.GetNumberAsync().Within("a rejection"));
        await Assert.ThrowsAnyAsync<OrleansMessageRejectionException>(() => neighbour.GetSiloOfAsync(grain).Within("a rejection"));
        await seen.Within("the death of a killed silo");
        Assert.Equal(stays.SiloAddress.ToParsableString(), await grain.GetSiloAsync());
    }

    [FaultFact]
    public async Task RejectCalls_FailsTheCallsThatItNames()
    {
        await using var cluster = await TwoSilos.StartAsync();
        var (grain, other) = (cluster.New(), cluster.New());

        cluster.Host.RejectCalls(id => id == grain.GetGrainId());
        await Assert.ThrowsAnyAsync<OrleansMessageRejectionException>(() => grain.GetNumberAsync());
        Assert.Equal(1, await other.GetNumberAsync());
        cluster.Host.RejectCalls(null);

        Assert.Equal(1, await grain.GetNumberAsync());
    }
}
