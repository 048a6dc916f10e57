using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [StoreFact]
    public async Task LeaseDeliveriesAsync_OneOwed_GivesTheStoredEvent()
    {
        await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));

        var delivery = Assert.Single(await LeaseAsync());

        var told = Assert.Single(await Store.ReadEventsAsync(0, 10));
        Assert.Equal(("grain:s/1", 0, told.At), (delivery.Destination, delivery.Attempts, delivery.CreatedAt));
        Assert.Equal((told.Seq, "e1", 1L), (delivery.Event.Seq, delivery.Event.ExecutionId, delivery.Event.Version));
        Assert.Equal(told.ExecutionJson.ToArray(), delivery.Event.ExecutionJson.ToArray());
    }

    [StoreFact]
    public async Task LeaseDeliveriesAsync_SeveralOfOneExecutionAndDestination_GivesThemOneByOneInOrder()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1", subscribers: ["grain:s/1", "grain:s/2"]));
        etag = await Store.WriteAsync(Sample.Next("e1", etag, 2, subscribers: ["grain:s/1"]));
        await Store.WriteAsync(Sample.Next("e1", etag, 3, subscribers: ["grain:s/1"]));
        List<string> told = [];

        while (await LeaseAsync() is { IsEmpty: false } leased)
        {
            told.AddRange(leased.Select(one => $"{one.Destination}={one.Event.Version}"));
            Assert.InRange(told.Count, 1, 4);
            Assert.Empty(await LeaseAsync());
            await SettleAsync(leased);
        }

        Assert.Equal(["grain:s/1=1", "grain:s/2=1", "grain:s/1=2", "grain:s/1=3"], told);
    }

    [StoreFact]
    public async Task LeaseDeliveriesAsync_OneDestinationIsHeld_OthersAndOtherExecutionsAreNot()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        await LeaseAsync();

        await Store.WriteAsync(Sample.Next("e1", etag, 2, subscribers: ["grain:s/1", "grain:s/2"]));
        await Store.WriteAsync(Sample.Start("e2", subscribers: "grain:s/1"));

        Assert.Equal(["e1 grain:s/2", "e2 grain:s/1"], (await LeaseAsync()).Select(one => $"{one.Event.ExecutionId} {one.Destination}").Order());
    }

    [StoreFact]
    public async Task LeaseDeliveriesAsync_Limit_GivesTheOldestFirst()
    {
        for (int n = 0; n < 5; n++)
        {
            await Store.WriteAsync(Sample.Start($"e{n}", subscribers: "grain:s/1"));
        }

        Assert.Equal(["e0", "e1", "e2"], (await LeaseAsync(limit: 3)).Select(one => one.Event.ExecutionId));
        Assert.Equal(["e3", "e4"], (await LeaseAsync(limit: 3)).Select(one => one.Event.ExecutionId));
    }

    [StoreFact]
    public async Task LeaseDeliveriesAsync_ManyWorkersAtOnce_NoneGetsWhatAnotherHas()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(n => Store.WriteAsync(Sample.Start($"e{n}", subscribers: "grain:s/1"))));

        var leased = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => LeaseAsync($"w{n}", limit: 7)));

        var ids = leased.SelectMany(some => some).Select(one => one.Id).ToList();
        Assert.Equal(100, ids.Count);
        Assert.Equal(100, ids.Distinct().Count());
    }

    [StoreFact]
    public async Task SettleDeliveriesAsync_ErrorThatNoTextCanHold_IsSettledAllTheSame()
    {
        await Store.WriteAsync(Sample.Start("e1", subscribers: ["grain:s/1", "grain:s/2"]));
        var leased = await LeaseAsync();

        await Store.SettleDeliveriesAsync([.. leased.Select((one, n) => new DeliveryOutcome(one.Id, "worker", null, n == 0 ? "a\0b" : "a\uD800b"))]);

        Assert.Empty(await LeaseAsync(after: Lease * 2));
    }

    [StoreFact]
    public async Task Lease_RunsOut_IsTakenByAnotherAndTheFirstCanSettleNoMore()
    {
        await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        var stale = await LeaseAsync("slow");
        Assert.Empty(await LeaseAsync("other", after: Lease - TimeSpan.FromMilliseconds(1)));

        var taken = Assert.Single(await LeaseAsync("other", after: Lease));
        await SettleAsync(stale, "slow");

        Assert.Equal((stale[0].Id, 1), (taken.Id, taken.Attempts));
        Assert.Equal(2, Assert.Single(await LeaseAsync("third", after: Lease * 2)).Attempts);
        await SettleAsync([taken], "third");
        Assert.Empty(await LeaseAsync("fourth", after: Lease * 4));
    }

    [StoreFact]
    public async Task SettleDeliveriesAsync_Again_BringsTheSameBytesWhenDueAndHoldsTheNextBack()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        await Store.WriteAsync(Sample.Next("e1", etag, 2, subscribers: ["grain:s/1"]));
        var first = Assert.Single(await LeaseAsync());

        await Store.SettleDeliveriesAsync([new(first.Id, "worker", Sample.Noon.AddMinutes(5), "it was down")]);

        Assert.Empty(await LeaseAsync(after: TimeSpan.FromMinutes(4)));
        var again = Assert.Single(await LeaseAsync(after: TimeSpan.FromMinutes(5)));
        Assert.Equal((first.Id, 1, 1L), (again.Id, again.Attempts, again.Event.Version));
        Assert.Equal(Encoding.UTF8.GetString(first.Event.ExecutionJson.Span), Encoding.UTF8.GetString(again.Event.ExecutionJson.Span));
    }

    [StoreFact]
    public async Task SettleDeliveriesAsync_Dead_IsNeverGivenAgainAndLetsTheNextThrough()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        await Store.WriteAsync(Sample.Next("e1", etag, 2, subscribers: ["grain:s/1"]));
        var first = Assert.Single(await LeaseAsync());

        await Store.SettleDeliveriesAsync([new(first.Id, "worker", DueAgainAt: null, "gave up")]);

        Assert.Equal(2, Assert.Single(await LeaseAsync(after: TimeSpan.FromDays(365))).Event.Version);
    }

    [StoreFact]
    public async Task SettleDeliveriesAsync_TwiceOrUnknown_ChangesNothing()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        await Store.WriteAsync(Sample.Next("e1", etag, 2, subscribers: ["grain:s/1"]));
        var first = await LeaseAsync();
        await SettleAsync(first);
        var second = await LeaseAsync();

        await SettleAsync(first);
        await Store.SettleDeliveriesAsync([new(first[0].Id, "worker", Sample.Noon, "late"), new(4711, "worker", null, null)]);

        Assert.Empty(await LeaseAsync(after: Lease / 2));
        Assert.Equal(second[0].Id, Assert.Single(await LeaseAsync(after: Lease)).Id);
    }

    [StoreFact]
    public async Task Deliveries_NewWhileTheWritersClockIsAhead_AreDueAtOnce()
    {
        await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1") with { EventAt = Sample.Noon.AddDays(1) });

        Assert.Single(await LeaseAsync());
    }

    private Task<ImmutableArray<StoredDelivery>> LeaseAsync(string worker = "worker", TimeSpan after = default, int limit = 100) =>
        Store.LeaseDeliveriesAsync(worker, Sample.Noon + after, Sample.Noon + after + Lease, limit);

    private Task SettleAsync(ImmutableArray<StoredDelivery> deliveries, string worker = "worker") =>
        Store.SettleDeliveriesAsync([.. deliveries.Select(one => new DeliveryOutcome(one.Id, worker, DueAgainAt: null, Error: null))]);
}
