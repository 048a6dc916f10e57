using Vigil.Cluster.Tests.OrleansAssumptions.Support;

namespace Vigil.Cluster.Tests.OrleansAssumptions;

/// <summary>What runs beside a turn, and what waits for its end.</summary>
[Collection(AssumptionsCollection.Name)]
public sealed class TurnTests(OneSilo cluster)
{
    /// <summary><c>IExecutionGrain.GetAsync</c> never waits behind a command, and shows nothing of a write that may yet fail.</summary>
    [Fact]
    public async Task AlwaysInterleave_WhileAWriteIsAwaited_ReadsWhatWasStoredBefore()
    {
        var grain = cluster.NewGrain();
        await grain.WriteAsync("first");
        cluster.Storage.BeforeWrite = () => cluster.Gate.PassAsync();
        var writing = grain.WriteAsync("second");
        await cluster.Gate.ReachedAsync();

        var during = await grain.ReadAsync();
        cluster.Gate.Open();
        await writing;

        Assert.Equal("first", during.Text);
        Assert.Equal("second", (await grain.ReadAsync()).Text);
    }

    /// <summary><c>ExecutionTimers</c>: a tick changes state as a call does, and one that is late brings no second one with it.</summary>
    [Fact]
    public async Task TimerTick_IsATurn_AndThePeriodCountsFromItsEnd()
    {
        var grain = cluster.NewGrain();
        await grain.StartTimerAsync(TimeSpan.Zero, TimeSpan.FromMinutes(61), keepAlive: false);
        await cluster.Gate.ReachedAsync();

        var writing = grain.WriteAsync("after the tick");
        await grain.ReadAsync();
        cluster.Gate.Open();
        await writing;

        var key = grain.GetPrimaryKeyString();
        Assert.Equal(
            [$"{key} activated", $"{key} ticks", $"{key} has ticked", "set to 01:01:00", $"{key} wrote"],
            cluster.Journal.Entries.Where(entry => entry == "set to 01:01:00" || entry.StartsWith(key, StringComparison.Ordinal)));
    }

    /// <summary><c>IExecutionGrain.StartAsync</c> takes no token, because a caller who leaves would stop the work between two writes.</summary>
    [Fact]
    public async Task CancellationToken_OfACall_IsCancelledInTheGrain()
    {
        var grain = cluster.NewGrain();
        using var leaving = new CancellationTokenSource();
        var waiting = grain.WaitAsync(leaving.Token);
        await cluster.Gate.ReachedAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await cluster.Journal.HasAsync($"{grain.GetPrimaryKeyString()} cancelled: True");
    }
}
