using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Timers;

/// <summary>When a timer ticks. The test moves the clock; a call behind a tick shows that the tick has had its turn.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class TimerTests(ConformanceCluster cluster)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Timer_TicksAfterDueTimeAndThenEachPeriod()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", 2 * Second, 3 * Second, interleave: false);

        Assert.Equal(0, await TicksAfterAsync(grain, 2 * Second - TimeSpan.FromTicks(1)));
        Assert.Equal(1, await TicksAfterAsync(grain, TimeSpan.FromTicks(1)));
        Assert.Equal(1, await TicksAfterAsync(grain, 3 * Second - TimeSpan.FromTicks(1)));
        Assert.Equal(2, await TicksAfterAsync(grain, TimeSpan.FromTicks(1)));
        Assert.Equal(3, await TicksAfterAsync(grain, 3 * Second));
    }

    [Fact]
    public async Task Timer_DueAtOnce_TicksWithoutTheClock()
    {
        var grain = cluster.NewGrain<ITimerGrain>();

        await grain.RegisterAsync("plain", TimeSpan.Zero, Timeout.InfiniteTimeSpan, interleave: false);
        cluster.Clock.Advance(TimeSpan.Zero);

        await cluster.JournalOf(grain).HasAsync("plain ticks");
    }

    [Fact]
    public async Task Timer_WithoutPeriod_TicksOnce()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", Second, Timeout.InfiniteTimeSpan, interleave: false);

        Assert.Equal(1, await TicksAfterAsync(grain, Second));
        Assert.Equal(1, await TicksAfterAsync(grain, 1000 * Second));
    }

    [Fact]
    public async Task Timer_WithoutDueTime_WaitsForChange()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", Timeout.InfiniteTimeSpan, Second, interleave: false);
        Assert.Equal(0, await TicksAfterAsync(grain, 100 * Second));

        await grain.ChangeAsync("plain", 2 * Second, 5 * Second);

        Assert.Equal(1, await TicksAfterAsync(grain, 2 * Second));
        Assert.Equal(1, await TicksAfterAsync(grain, 4 * Second));
        Assert.Equal(2, await TicksAfterAsync(grain, Second));
    }

    [Fact]
    public async Task Timer_PeriodCountsFromTheEndOfTheCallback()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("held", Second, 10 * Second, interleave: false);
        cluster.Clock.Advance(Second);
        await cluster.Stage.Gate($"{grain.GetPrimaryKeyString()}/tick").ReachedAsync();

        cluster.Clock.Advance(35 * Second);
        cluster.Stage.Gate($"{grain.GetPrimaryKeyString()}/tick").Open();

        Assert.Equal(1, await TicksAfterAsync(grain, TimeSpan.Zero, "held"));
        Assert.Equal(1, await TicksAfterAsync(grain, 9 * Second, "held"));
        Assert.Equal(2, await TicksAfterAsync(grain, Second, "held"));
    }

    [Fact]
    public async Task Timer_Changed_CountsFromTheChange()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", 10 * Second, 10 * Second, interleave: false);
        await TicksAfterAsync(grain, 9 * Second);

        await grain.ChangeAsync("plain", 5 * Second, 2 * Second);

        Assert.Equal(0, await TicksAfterAsync(grain, 4 * Second));
        Assert.Equal(1, await TicksAfterAsync(grain, Second));
        Assert.Equal(2, await TicksAfterAsync(grain, 2 * Second));
    }

    [Fact]
    public async Task Timer_ChangedInItsCallback_TakesTheNewDueTime()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("changing", Second, Second, interleave: false);

        Assert.Equal(1, await TicksAfterAsync(grain, Second, "changing"));
        Assert.Equal(1, await TicksAfterAsync(grain, 6 * Second, "changing"));
        Assert.Equal(2, await TicksAfterAsync(grain, Second, "changing"));
    }

    [Fact]
    public async Task Timer_Disposed_TicksNoMore()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", Second, Second, interleave: false);
        Assert.Equal(1, await TicksAfterAsync(grain, Second));

        await grain.DisposeAsync("plain");
        await grain.DisposeAsync("plain");

        Assert.Equal(1, await TicksAfterAsync(grain, 10 * Second));
    }

    [Fact]
    public async Task Timer_DisposedInItsCallback_CancelsItsTokenAndTicksNoMore()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("disposing", Second, Second, interleave: false);

        Assert.Equal(1, await TicksAfterAsync(grain, Second, "disposing"));
        Assert.Equal(1, await TicksAfterAsync(grain, 10 * Second, "disposing"));
        Assert.Contains("disposed, cancelled: True", cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Timer_ChangedAfterDisposal_StaysSilent()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", Second, Second, interleave: false);
        await grain.DisposeAsync("plain");

        await grain.ChangeAsync("plain", Second, Second);

        Assert.Equal(0, await TicksAfterAsync(grain, 10 * Second));
    }

    [Fact]
    public async Task Timer_WhoseCallbackThrows_TicksAgain()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("failing", Second, Second, interleave: false);

        Assert.Equal(1, await TicksAfterAsync(grain, Second, "failing"));
        Assert.Equal(2, await TicksAfterAsync(grain, Second, "failing"));
    }

    [Fact]
    public async Task Timer_EndsWithItsActivation()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", Second, Second, interleave: false);

        await grain.DeactivateAsync();
        await cluster.JournalOf(grain).HasAsync("deactivated");

        Assert.Equal(0, await TicksAfterAsync(grain, 10 * Second));
    }

    [Fact]
    public async Task Timer_MayEndItsActivation()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("deactivating", Second, Second, interleave: false);

        Assert.Equal(1, await TicksAfterAsync(grain, Second, "deactivating"));

        await cluster.JournalOf(grain).HasAsync("deactivated");
        Assert.Equal(1, await TicksAfterAsync(grain, 10 * Second, "deactivating"));
    }

    [Theory]
    [InlineData(-2, 1000, "dueTime")]
    [InlineData(1000, -2, "period")]
    [InlineData(0xffffffffL, 1000, "dueTime")]
    public async Task Timer_TimesOutOfRange_AreRefused(long dueTime, long period, string which)
    {
        var grain = cluster.NewGrain<ITimerGrain>();

        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => grain.RegisterAsync("plain", TimeSpan.FromMilliseconds(dueTime), TimeSpan.FromMilliseconds(period), interleave: false));

        Assert.Contains($"'{which}'", error.Message, StringComparison.Ordinal);
    }

    private async Task<int> TicksAfterAsync(ITimerGrain grain, TimeSpan advance, string name = "plain")
    {
        cluster.Clock.Advance(advance);
        await grain.TouchAsync().Within("a call behind the tick");
        return cluster.JournalOf(grain).Count($"{name} ticks");
    }
}
