using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Turns;

/// <summary>One call at a time, on the grain's own scheduler.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class TurnsTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Calls_DoNotInterleaveAcrossAwaits()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();

        var values = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => grain.IncrementAsync())).Within("100 increments");

        Assert.Equal(Enumerable.Range(1, 100), values.Order());
    }

    [Fact]
    public async Task Continuations_OfOneCall_NeverRunSideBySide()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();

        Assert.Equal(2000, await grain.CountFromManyContinuationsAsync(200));
    }

    [Theory]
    [InlineData("a call begins on a scheduler of its own", true)]
    [InlineData("after a yield", true)]
    [InlineData("after what another thread completed", true)]
    [InlineData("inside Task.Run", false)]
    [InlineData("after Task.Run", true)]
    [InlineData("inside Task.Factory.StartNew", true)]
    [InlineData("after Task.Factory.StartNew", true)]
    [InlineData("after a call", true)]
    [InlineData("after an await that does not continue on the captured context", false)]
    [InlineData("in the caller of one who left", true)]
    public async Task Await_ResumesWhereItShould(string where, bool onTheGrainsScheduler)
    {
        var found = await cluster.NewGrain<ITurnsGrain>().WhereAwaitsResumeAsync();

        Assert.Equal(onTheGrainsScheduler, found[where]);
    }

    [Fact]
    public async Task Call_WhileAnotherAwaits_Waits()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();
        var gate = cluster.GateOf(grain);
        var held = grain.HoldAsync(grain.GetPrimaryKeyString());
        await gate.ReachedAsync();

        var touch = grain.TouchAsync("touched");
        await grain.TouchInterleavedAsync("interleaved");
        gate.Open();
        await Task.WhenAll(held, touch).Within("both calls");

        Assert.Equal(["begins", "interleaved", "ends", "touched"], Short(grain));
    }

    [Fact]
    public async Task Interleaved_ManyAtATime_AllRun()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();
        var gates = Enumerable.Range(0, 5).Select(_ => ConformanceCluster.NewKey()).ToArray();

        var held = gates.Select(grain.HoldInterleavedAsync).ToArray();
        await Task.WhenAll(gates.Select(gate => cluster.Stage.Gate(gate).ReachedAsync()));
        Array.ForEach(gates, gate => cluster.Stage.Gate(gate).Open());

        await Task.WhenAll(held).Within("five interleaved calls");
    }

    [Fact]
    public async Task PlainCall_WhileOnlyAnInterleavedOneRuns_Begins()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();
        var gate = cluster.GateOf(grain);
        var held = grain.HoldInterleavedAsync(grain.GetPrimaryKeyString());
        await gate.ReachedAsync();

        await grain.TouchAsync("touched").Within("a plain call beside an interleaved one");
        gate.Open();
        await held;

        Assert.Equal(["begins", "touched", "ends"], Short(grain));
    }

    [Fact]
    public async Task PlainCalls_BesideAnInterleavedOne_StillWaitForEachOther()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();
        var (interleaved, plain) = (ConformanceCluster.NewKey(), ConformanceCluster.NewKey());
        var first = grain.HoldInterleavedAsync(interleaved);
        await cluster.Stage.Gate(interleaved).ReachedAsync();
        var second = grain.HoldAsync(plain);
        await cluster.Stage.Gate(plain).ReachedAsync();

        var third = grain.TouchAsync("third");
        await grain.TouchInterleavedAsync("passed");
        cluster.Stage.Gate(plain).Open();
        await Task.WhenAll(second, third).Within("the plain calls");
        cluster.Stage.Gate(interleaved).Open();
        await first;

        Assert.Equal([$"{interleaved} begins", $"{plain} begins", "passed", $"{plain} ends", "third", $"{interleaved} ends"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task SelfCall_Plain_WaitsForItselfUntilTheTimeout()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();

        await Assert.ThrowsAsync<TimeoutException>(() => grain.CallSelfAsync().Within("the end of a deadlock"));
    }

    [Fact]
    public async Task SelfCall_Interleaved_Runs()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();

        await grain.CallSelfInterleavedAsync();

        Assert.Equal(["self"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task RoundCall_Plain_DeadlocksUntilTheTimeout()
    {
        var (grain, other) = (cluster.NewGrain<ITurnsGrain>(), cluster.NewGrain<ITurnsGrain>());

        await Assert.ThrowsAsync<TimeoutException>(() => grain.CallRoundAsync(other).Within("the end of a deadlock"));
    }

    [Fact]
    public async Task RoundCall_Interleaved_ComesBack()
    {
        var (grain, other) = (cluster.NewGrain<ITurnsGrain>(), cluster.NewGrain<ITurnsGrain>());

        await grain.CallRoundInterleavedAsync(other);

        Assert.Equal(["back"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Overloads_AreToldApart()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();

        Assert.Equal(["text 5", "number 5"], new[] { await grain.DescribeAsync("5"), await grain.DescribeAsync(5) });
    }

    [Fact]
    public async Task AsyncLocal_OfTheCaller_StaysWithTheCaller()
    {
        var grain = cluster.NewGrain<ITurnsGrain>();
        TurnsGrain.Ambient.Value = "the caller's";

        Assert.Null(await grain.GetAmbientAsync());
        Assert.Null(await grain.GetAmbientAsync());
    }

    private IEnumerable<string> Short(ITurnsGrain grain) =>
        cluster.JournalOf(grain).Entries.Select(entry => entry[(entry.LastIndexOf(' ') + 1)..]);
}
