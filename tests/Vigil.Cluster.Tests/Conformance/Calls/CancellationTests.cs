using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Calls;

/// <summary>A token given to a call is a token in the grain.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class CancellationTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Token_NeverCancelled_ChangesNothing()
    {
        var grain = cluster.NewGrain<ICallGrain>();
        using var source = new CancellationTokenSource();
        cluster.GateOf(grain).Open();

        Assert.Equal("passed", await grain.WaitForAsync("it", source.Token));
        Assert.Equal("passed", await grain.WaitForAsync("it", CancellationToken.None));
    }

    [Fact]
    public async Task Token_CancelledDuringTheCall_IsCancelledInTheGrain()
    {
        var grain = cluster.NewGrain<ICallGrain>();
        using var source = new CancellationTokenSource();
        var call = grain.WaitForAsync("it", source.Token);
        await cluster.GateOf(grain).ReachedAsync();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the end of a cancelled call"));
        await cluster.JournalOf(grain).HasAsync("it ends, cancelled: True");
    }

    [Fact]
    public async Task Token_CancelledBefore_SendsNothing()
    {
        var grain = cluster.NewGrain<ICallGrain>();
        await grain.TouchAsync("touched");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await grain.WaitForAsync("it", new CancellationToken(canceled: true)));

        await grain.TouchAsync("touched again");
        Assert.Equal(["touched", "touched again"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Token_ThroughAnotherGrain_IsCancelledInBoth()
    {
        var (grain, other) = (cluster.NewGrain<ICallGrain>(), cluster.NewGrain<ICallGrain>());
        using var source = new CancellationTokenSource();
        var call = grain.WaitThroughAsync(other, source.Token);
        await cluster.GateOf(other).ReachedAsync();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the end of a cancelled call"));
        await cluster.JournalOf(other).HasAsync("other ends, cancelled: True");
    }

    [Fact]
    public async Task Token_OfAnIgnoringGrain_FreesTheCallerAtOnce()
    {
        var grain = cluster.NewGrain<ICallGrain>();
        using var source = new CancellationTokenSource();
        var call = grain.IgnoreAsync(source.Token);
        await cluster.GateOf(grain).ReachedAsync();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the end of a cancelled call"));
        await cluster.JournalOf(grain).HasAsync("told to stop");
        Assert.DoesNotContain("went on", cluster.JournalOf(grain).Entries);
        cluster.GateOf(grain).Open();
        await cluster.JournalOf(grain).HasAsync("went on");
    }

    [Fact]
    public async Task Token_OfAQueuedCall_FreesTheCaller()
    {
        var grain = cluster.NewGrain<ICallGrain>();
        using var source = new CancellationTokenSource();
        var held = grain.HoldAsync();
        await cluster.GateOf(grain).ReachedAsync();
        var queued = grain.WaitForAsync("queued", source.Token);
        await grain.PeekAsync();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued.Within("the end of a cancelled call"));
        Assert.DoesNotContain("queued begins", cluster.JournalOf(grain).Entries);
        cluster.GateOf(grain).Open();
        await held;
        await grain.TouchAsync("touched").Within("a call behind a cancelled one");
    }

    [Fact]
    public async Task Token_CancelledAfterTheCall_ChangesNothing()
    {
        var grain = cluster.NewGrain<ICallGrain>();
        using var source = new CancellationTokenSource();

        Assert.Equal("cancelled: False", await grain.DescribeTokenAsync(source.Token));
        await source.CancelAsync();

        Assert.Equal("cancelled: False", await grain.DescribeTokenAsync(CancellationToken.None));
    }
}
