using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [StoreFact]
    public async Task ReadEventsAsync_AfterAWrite_GivesWhatItTold()
    {
        var at = Sample.Noon.AddTicks(1_234_560);
        await Store.WriteAsync(Sample.Start("e1") with { Attempt = 2, Version = 5, EventAt = at, EventJson = Sample.Json("""{"a":1}""") });

        var told = Assert.Single(await Store.ReadEventsAsync(0, 10));

        Assert.Equal(("e1", 2, 5L, ExecutionEventTypes.Accepted, at), (told.ExecutionId, told.Attempt, told.Version, told.Type, told.At));
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(told.ExecutionJson.Span));
        Assert.Equal(told.Seq, await Store.ReadEventHeadAsync());
        Assert.Empty(await Store.ReadEventsAsync(told.Seq, 10));
    }

    [StoreFact]
    public async Task ReadEventsAsync_OfOneExecution_GivesItsOwnAfterAVersionAndANumber()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1"));
        await Store.WriteAsync(Sample.Start("e2"));
        etag = await Store.WriteAsync(Sample.Next("e1", etag, 2));
        await Store.WriteAsync(Sample.Next("e1", etag, 4));

        var all = await Store.ReadEventsAsync("e1", 0, 0, 10);

        Assert.Equal([1, 2, 4], all.Select(stored => stored.Version));
        Assert.Equal([2, 4], (await Store.ReadEventsAsync("e1", 1, 0, 10)).Select(stored => stored.Version));
        Assert.Equal([4], (await Store.ReadEventsAsync("e1", 1, all[1].Seq, 10)).Select(stored => stored.Version));
        Assert.Equal([1, 2], (await Store.ReadEventsAsync("e1", 0, 0, 2)).Select(stored => stored.Version));
        Assert.Empty(await Store.ReadEventsAsync("e1", 4, 0, 10));
        Assert.Empty(await Store.ReadEventsAsync("e", 0, 0, 10));
        Assert.Equal(all[^1].Seq, await Store.ReadLastSeqAsync());
    }

    [StoreFact]
    public async Task ReadEventHeadAsync_NothingWritten_IsZero() => Assert.Equal((0, 0), (await Store.ReadEventHeadAsync(), await Store.ReadLastSeqAsync()));

    [StoreFact]
    public async Task WriteAsync_ThatLoses_TellsNothing()
    {
        await Store.WriteAsync(Sample.Start("e1"));

        await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync(Sample.Start("e1") with { Version = 9, EventType = "x", Subscribers = ["grain:s/1"] }));

        Assert.Single(await Store.ReadEventsAsync(0, 10));
        Assert.Empty(await LeaseAsync());
    }

    [StoreFact]
    public async Task Events_OfManyWritersFollowedByATail_AreInOrderAndWhole()
    {
        const int Executions = 40;
        const int Versions = 10;
        var tail = TailAsync(Executions * Versions);

        await Task.WhenAll(Enumerable.Range(0, Executions).Select(async n =>
        {
            var etag = await Store.WriteAsync(Sample.Start($"e{n}"));
            for (int version = 2; version <= Versions; version++)
            {
                etag = await Store.WriteAsync(Sample.Next($"e{n}", etag, version));
            }
        }));
        var told = await tail.WaitAsync(Patience);

        Assert.Equal(told.OrderBy(one => one.Seq).Select(one => one.Seq).Distinct(), told.Select(one => one.Seq));
        Assert.All(told.GroupBy(one => one.ExecutionId), mine =>
            Assert.Equal(Enumerable.Range(1, Versions).Select(version => (long)version), mine.Select(one => one.Version)));
        Assert.Equal(Executions, told.Select(one => one.ExecutionId).Distinct().Count());
    }

    [StoreFact]
    public async Task WaitForEventAsync_BeforeAndAfterTheWrite_CompletesOnce()
    {
        var waiting = Store.WaitForEventAsync(0, CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        await Store.WriteAsync(Sample.Start("e1"));

        await waiting.WaitAsync(Patience);
        await Store.WaitForEventAsync(0, CancellationToken.None).WaitAsync(Patience);
        Assert.NotEmpty(await Store.ReadEventsAsync(0, 10));
        Assert.False(Store.WaitForEventAsync(await Store.ReadEventHeadAsync(), CancellationToken.None).IsCompleted);
    }

    [StoreFact]
    public async Task WaitForEventAsync_Cancelled_EndsAsCancelled()
    {
        using var stop = new CancellationTokenSource();
        var waiting = Store.WaitForEventAsync(0, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [StoreFact]
    public async Task Everything_OpenedAgain_IsAsItWas()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1") with { Owner = "a", RemoteId = "r1" });
        var cursor = await WriteTwoAndReadCursorAsync();
        var head = await Store.ReadEventHeadAsync();

        await ReopenAsync();

        Assert.Equal(etag, (await Store.ReadAsync(Sample.Execution("e1")))!.ETag);
        Assert.Equal("e1", await Store.FindByRemoteIdAsync("acme", "r1"));
        Assert.Equal(3, (await Store.CountByStatusAsync())[ExecutionStatus.Submitting]);
        Assert.Equal(head, await Store.ReadEventHeadAsync());
        Assert.Single(await LeaseAsync());
        Assert.Equal(2, (await Store.ListAsync(new() { PageSize = 2, Cursor = cursor })).States.Length);
        Assert.True(Store.WaitForEventAsync(head - 1, CancellationToken.None).IsCompleted);
        await Store.WriteAsync(Sample.Next("e1", etag, 2));
        Assert.Equal(2, Assert.Single(await Store.ReadEventsAsync(head, 10)).Version);
    }

    private async Task<string?> WriteTwoAndReadCursorAsync()
    {
        await Store.WriteAsync(Sample.Start("e2"));
        await Store.WriteAsync(Sample.Start("e3"));
        return (await Store.ListAsync(new() { PageSize = 1 })).NextCursor;
    }

    private async Task<List<StoredEvent>> TailAsync(int count)
    {
        List<StoredEvent> told = [];
        while (told.Count < count)
        {
            var after = told.LastOrDefault()?.Seq ?? 0;
            await Store.WaitForEventAsync(after, CancellationToken.None).WaitAsync(Patience);
            told.AddRange(await Store.ReadEventsAsync(after, 17));
        }

        return told;
    }
}
