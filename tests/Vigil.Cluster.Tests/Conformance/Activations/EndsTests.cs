using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Activations;

/// <summary>Unusual beginnings and ends.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class EndsTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Deactivate_TheFirstReasonCounts()
    {
        var grain = cluster.NewGrain<IEndsGrain>();

        await grain.EndForAsync("a reason");

        await cluster.JournalOf(grain).HasAsync("ending: ApplicationError, a reason");
        Assert.Equal(2, await grain.GetNumberAsync());
    }

    [Fact]
    public async Task Deactivate_InOnActivateAsync_HandsTheCallToTheNext()
    {
        var grain = cluster.NewGrain<IEndsGrain>();
        cluster.JournalOf(grain).Add("please end at once");

        Assert.Equal(2, await grain.GetNumberAsync().Within("an answer of the second activation"));
    }

    [Fact]
    public async Task Deactivated_CompletesWithTheEnd()
    {
        var grain = cluster.NewGrain<IEndsGrain>();
        await grain.AwaitEndAsync();

        await grain.EndForAsync("a reason");

        await cluster.JournalOf(grain).HasAsync("deactivated");
        var entries = cluster.JournalOf(grain).Entries.ToList();
        Assert.True(entries.IndexOf("ended") < entries.IndexOf("deactivated"));
    }

    [Fact]
    public async Task Migrate_WithNowhereToGo_EndsTheActivation()
    {
        var grain = cluster.NewGrain<IEndsGrain>();

        await grain.MigrateAsync();

        Assert.Equal(2, await grain.GetNumberAsync());
        Assert.Contains(cluster.JournalOf(grain).Entries, entry => entry.StartsWith("ending: Migrating", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnActivateAsync_AndOnDeactivateAsync_MayCall()
    {
        var grain = cluster.NewGrain<IEndsGrain>();
        cluster.JournalOf(grain).Add("please call");

        await grain.EndForAsync("a reason");

        await cluster.JournalOf(grain).HasAsync("called from OnActivateAsync");
        await cluster.JournalOf(grain).HasAsync("called from OnDeactivateAsync");
    }

    [Fact]
    public async Task Timer_OfOnActivateAsync_TicksAfterIt()
    {
        var grain = cluster.NewGrain<IEndsGrain>();
        cluster.JournalOf(grain).Add("please tick at once");

        var call = grain.GetNumberAsync();
        await cluster.GateOf(grain).ReachedAsync();
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        cluster.GateOf(grain).Open();
        await call;
        cluster.Clock.Advance(TimeSpan.Zero);

        await cluster.JournalOf(grain).HasAsync("ticked");
        var entries = cluster.JournalOf(grain).Entries.ToList();
        Assert.True(entries.IndexOf("activated") < entries.IndexOf("ticked"), string.Join(", ", entries));
    }

    [Fact]
    public async Task Storm_OfCallsAndEnds_NeverMeetsTwoActivations()
    {
        var grain = cluster.NewGrain<IEndsGrain>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(() => StormAsync(caller)))).Within("the end of the storm");

        // Begin, end, begin, end: one activation ends before the next begins.
        var lives = cluster.JournalOf(grain).Entries.Where(entry => entry is "activating" or "ended").ToArray();
        Assert.All(lives.Select((entry, i) => (entry, i)), life => Assert.Equal(life.i % 2 == 0 ? "activating" : "ended", life.entry));

        async Task StormAsync(int caller)
        {
            for (var i = 0; i < 50; i++)
            {
                await WithRepeatsAsync(() => grain.WorkAsync(end: (i + caller) % 5 == 0));
            }
        }
    }

    // A call that met ending activations twice is rejected, and its caller repeats it.
    private static async Task WithRepeatsAsync(Func<Task> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await call();
                return;
            }
            catch (OrleansMessageRejectionException) when (attempt < 100)
            {
            }
        }
    }
}
