using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Calls;

/// <summary>A caller waits so long and no longer; the grain does not know.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class TimeoutTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Call_LongerThanItsTimeout_ThrowsTimeoutException()
    {
        var grain = cluster.NewGrain<ICallGrain>();

        await Assert.ThrowsAsync<TimeoutException>(() => grain.HoldShortAsync().Within("a time-out"));

        cluster.GateOf(grain).Open();
    }

    [Fact]
    public async Task Call_TimedOut_GoesOnInTheGrainAndOthersWait()
    {
        var grain = cluster.NewGrain<ICallGrain>();
        await Assert.ThrowsAsync<TimeoutException>(() => grain.HoldShortAsync().Within("a time-out"));

        var touch = grain.TouchAsync("touched");
        await grain.PeekAsync();
        Assert.Equal(["hold begins"], cluster.JournalOf(grain).Entries);
        cluster.GateOf(grain).Open();
        await touch.Within("the call behind the one that timed out");

        Assert.Equal(["hold begins", "hold ends", "touched"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Call_FromGrainToGrain_TimesOutToo()
    {
        var (grain, other) = (cluster.NewGrain<ICallGrain>(), cluster.NewGrain<ICallGrain>());

        Assert.Equal(nameof(TimeoutException), await grain.HoldShortThroughAsync(other).Within("a time-out"));

        cluster.GateOf(other).Open();
    }
}
