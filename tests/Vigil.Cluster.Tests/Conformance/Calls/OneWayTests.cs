using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Calls;

/// <summary>A one-way call waits for nobody and hears nothing.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class OneWayTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task OneWay_WhileTheGrainIsBusy_ReturnsAndRunsLater()
    {
        var grain = cluster.NewGrain<ICallGrain>();
        var held = grain.HoldAsync();
        await cluster.GateOf(grain).ReachedAsync();

        await grain.TellAsync("told").Within("a one-way call to a busy grain");
        cluster.GateOf(grain).Open();
        await held;

        await cluster.JournalOf(grain).HasAsync("told");
        Assert.Equal(["hold begins", "hold ends", "told"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task OneWay_OfEachReturnType_Arrives()
    {
        var grain = cluster.NewGrain<ICallGrain>();

        grain.TellVoid("void");
        await grain.TellAsync("task");
        await grain.TellValueAsync("value");

        await cluster.JournalOf(grain).HasAsync("void");
        await cluster.JournalOf(grain).HasAsync("task");
        await cluster.JournalOf(grain).HasAsync("value");
    }

    [Fact]
    public async Task OneWay_ThatFails_TellsNobodyAndLeavesTheGrainActive()
    {
        var grain = cluster.NewGrain<ICallGrain>();

        await grain.TellAndFailAsync();

        await cluster.JournalOf(grain).HasAsync("failing");
        await grain.TouchAsync("touched").Within("a call behind a failed one-way call");
    }

    [Fact]
    public async Task OneWay_FromGrainToGrain_DoesNotHoldTheCaller()
    {
        var (grain, other) = (cluster.NewGrain<ICallGrain>(), cluster.NewGrain<ICallGrain>());
        var held = other.HoldAsync();
        await cluster.GateOf(other).ReachedAsync();

        var call = grain.TellOtherAsync(other, "told");
        await cluster.GateOf(grain).ReachedAsync();
        cluster.GateOf(grain).Open();
        await call.Within("a grain that told a busy one");
        cluster.GateOf(other).Open();
        await held;

        await cluster.JournalOf(other).HasAsync("told");
    }
}
