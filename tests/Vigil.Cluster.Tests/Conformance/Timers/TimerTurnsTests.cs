using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Timers;

/// <summary>A tick is a request like others: it waits for its turn, and others wait for it.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class TimerTurnsTests(ConformanceCluster cluster)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Tick_WhileACallRuns_Waits()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", Second, Timeout.InfiniteTimeSpan, interleave: false);
        var held = grain.HoldAsync();
        await cluster.GateOf(grain).ReachedAsync();

        cluster.Clock.Advance(Second);
        cluster.GateOf(grain).Open();
        await held;
        await grain.TouchAsync();

        Assert.Equal(["hold begins", "hold ends", "plain ticks", "touched"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Tick_Interleaved_RunsBesideACall()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("plain", Second, Timeout.InfiniteTimeSpan, interleave: true);
        var held = grain.HoldAsync();
        await cluster.GateOf(grain).ReachedAsync();

        cluster.Clock.Advance(Second);
        await cluster.JournalOf(grain).HasAsync("plain ticks");
        cluster.GateOf(grain).Open();
        await held;

        Assert.Equal(["hold begins", "plain ticks", "hold ends"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Call_WhileATickRuns_Waits()
    {
        var (grain, gate) = await WithHeldTickAsync(interleave: false);

        var touch = grain.TouchAsync();
        cluster.Clock.Advance(TimeSpan.Zero);
        gate.Open();
        await touch.Within("the call behind the tick");

        Assert.Equal(["held ticks", "held done, cancelled: False", "touched"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Call_WhileAnInterleavedTickRuns_Begins()
    {
        var (grain, gate) = await WithHeldTickAsync(interleave: true);

        await grain.TouchAsync().Within("a call beside an interleaved tick");
        gate.Open();

        await cluster.JournalOf(grain).HasAsync("held done, cancelled: False");
        Assert.Equal(["held ticks", "touched", "held done, cancelled: False"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Tick_Interleaved_NeverOverlapsItself()
    {
        var (grain, gate) = await WithHeldTickAsync(interleave: true);

        cluster.Clock.Advance(10 * Second);
        await grain.TouchAsync();
        gate.Open();
        await cluster.JournalOf(grain).HasAsync("held done, cancelled: False");

        Assert.Equal(1, cluster.JournalOf(grain).Count("held ticks"));
    }

    [Fact]
    public async Task Timer_DisposedDuringATick_CancelsItsToken()
    {
        var (grain, gate) = await WithHeldTickAsync(interleave: true);

        await grain.DisposeAsync("held");
        gate.Open();

        await cluster.JournalOf(grain).HasAsync("held done, cancelled: True");
    }

    [Fact]
    public async Task Tick_RunsOnTheGrainsScheduler_AndMayCall()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterAsync("scheduled", Second, Timeout.InfiniteTimeSpan, interleave: false);

        cluster.Clock.Advance(Second);

        await cluster.JournalOf(grain).HasAsync("called");
        Assert.Contains("own scheduler: True", cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Tick_IsGivenTheStateItself()
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        await grain.RegisterWithStateAsync(Second);

        cluster.Clock.Advance(Second);

        await cluster.JournalOf(grain).HasAsync("same state: True");
    }

    [Fact]
    public async Task Register_OffTheGrainsScheduler_IsRefused() =>
        Assert.Equal(nameof(InvalidOperationException), await cluster.NewGrain<ITimerGrain>().RegisterOutsideAsync());

    private async Task<(ITimerGrain Grain, Gate Gate)> WithHeldTickAsync(bool interleave)
    {
        var grain = cluster.NewGrain<ITimerGrain>();
        var gate = cluster.Stage.Gate($"{grain.GetPrimaryKeyString()}/tick");
        await grain.RegisterAsync("held", Second, Second, interleave);
        cluster.Clock.Advance(Second);
        await gate.ReachedAsync();
        return (grain, gate);
    }
}
