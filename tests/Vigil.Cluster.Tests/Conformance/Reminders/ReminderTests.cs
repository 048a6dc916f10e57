using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Reminders;

/// <summary>A reminder outlives activations and ticks until it is taken back.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class ReminderTests(ConformanceCluster cluster)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Registered_Ticks_AndTicksAgain()
    {
        var grain = cluster.NewGrain<IReminderGrain>();

        Assert.Equal("plain", await grain.RegisterAsync("plain", Short, Short));

        await cluster.JournalOf(grain).HasAsync("plain ticks", times: 2);
        await cluster.JournalOf(grain).HasAsync("plain every 150 ms, first before now: True, Utc", times: 2);
        await grain.UnregisterAsync("plain");
    }

    [Fact]
    public async Task Registered_IsFoundByName()
    {
        var grain = cluster.NewGrain<IReminderGrain>();
        await grain.RegisterAsync("one", Minute, Minute);
        await grain.RegisterAsync("two", Minute, Minute);

        Assert.Equal("one", await grain.FindAsync("one"));
        Assert.Equal(["one", "two"], await grain.ListAsync());
    }

    [Fact]
    public async Task Unknown_IsNull()
    {
        var grain = cluster.NewGrain<IReminderGrain>();

        Assert.Null(await grain.FindAsync("unknown"));
        Assert.Empty(await grain.ListAsync());
    }

    [Fact]
    public async Task Reminders_OfOthers_AreNotSeen()
    {
        await cluster.NewGrain<IReminderGrain>().RegisterAsync("theirs", Minute, Minute);

        Assert.Null(await cluster.NewGrain<IReminderGrain>().FindAsync("theirs"));
    }

    [Fact]
    public async Task Registered_Again_IsUpdated()
    {
        var grain = cluster.NewGrain<IReminderGrain>();
        await grain.RegisterAsync("plain", Minute, Minute);

        await grain.RegisterAsync("plain", Short, 2 * Short);

        await cluster.JournalOf(grain).HasAsync("plain every 300 ms, first before now: True, Utc");
        Assert.Equal(["plain"], await grain.ListAsync());
        await grain.UnregisterAsync("plain");
    }

    [Fact]
    public async Task Unregistered_IsGone()
    {
        var grain = cluster.NewGrain<IReminderGrain>();
        await grain.RegisterAsync("plain", Minute, Minute);

        await grain.UnregisterAsync("plain");

        Assert.Null(await grain.FindAsync("plain"));
        Assert.Empty(await grain.ListAsync());
    }

    [Fact]
    public async Task Unregister_WithWhatAnUpdateReplaced_Throws()
    {
        var grain = cluster.NewGrain<IReminderGrain>();

        Assert.Equal(nameof(ReminderException), await grain.UnregisterStaleAsync("plain"));
        Assert.Equal("plain", await grain.FindAsync("plain"));
    }

    [Fact]
    public async Task Tick_ActivatesTheGrain()
    {
        var grain = cluster.NewGrain<IReminderGrain>();
        await grain.RegisterAsync("plain", 2 * Short, Short);

        await grain.DeactivateAsync();

        await cluster.JournalOf(grain).HasAsync("deactivated");
        await cluster.JournalOf(grain).HasAsync("activated", times: 2);
        await cluster.JournalOf(grain).HasAsync("plain ticks");
        await grain.UnregisterAsync("plain");
    }

    [Fact]
    public async Task Tick_ThatThrows_IsFollowedByTheNext()
    {
        var grain = cluster.NewGrain<IReminderGrain>();
        await grain.RegisterAsync("failing", Short, Short);

        await cluster.JournalOf(grain).HasAsync("failing ticks", times: 2);

        Assert.Equal(1, cluster.JournalOf(grain).Count("activated"));
        await grain.UnregisterAsync("failing");
    }

    [Fact]
    public async Task Tick_WhileACallRuns_Waits()
    {
        var grain = cluster.NewGrain<IReminderGrain>();
        await grain.RegisterAsync("plain", Short, Minute);
        var held = grain.HoldAsync();
        await cluster.GateOf(grain).ReachedAsync();

        var other = cluster.NewGrain<IReminderGrain>();
        await other.RegisterAsync("plain", 3 * Short, Minute);
        await cluster.JournalOf(other).HasAsync("plain ticks");
        cluster.GateOf(grain).Open();
        await held;

        await cluster.JournalOf(grain).HasAsync("plain ticks");
        var order = cluster.JournalOf(grain).Entries.Where(entry => entry is "hold ends" or "plain ticks");
        Assert.Equal(["hold ends", "plain ticks"], order);
    }

    [Theory]
    [InlineData(Misuse.PeriodTooShort, nameof(ArgumentException))]
    [InlineData(Misuse.PeriodNegative, nameof(ArgumentOutOfRangeException))]
    [InlineData(Misuse.PeriodInfinite, nameof(ArgumentOutOfRangeException))]
    [InlineData(Misuse.DueTimeNegative, nameof(ArgumentOutOfRangeException))]
    [InlineData(Misuse.DueTimeInfinite, nameof(ArgumentOutOfRangeException))]
    [InlineData(Misuse.NameEmpty, nameof(ArgumentNullException))]
    [InlineData(Misuse.NameOfUnknownEmpty, nameof(ArgumentNullException))]
    [InlineData(Misuse.OutsideTheGrain, nameof(InvalidOperationException))]
    public async Task Misuse_IsRefused(Misuse misuse, string exception) =>
        Assert.Equal(exception, await cluster.NewGrain<IReminderGrain>().AbuseAsync(misuse));

    [Fact]
    public async Task Register_ByAGrainThatCannotReceive_IsRefused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.NewGrain<IUnremindableGrain>().RegisterAsync());
}
