using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    [StoreFact]
    public async Task RemoteId_TakenByAnother_RefusesFirstAndLaterWrites()
    {
        await Store.WriteAsync(Sample.Start("e1") with { RemoteId = "r1" });
        var etag = await Store.WriteAsync(Sample.Start("e2"));

        var first = await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync(Sample.Start("e3") with { RemoteId = "r1" }));
        var later = await Assert.ThrowsAsync<StoreConflictException>(
            () => Store.WriteAsync(Sample.Next("e2", etag, 2) with { RemoteId = "r1" }));

        Assert.Equal(("e1", "e1"), (first.RemoteIdHolder, later.RemoteIdHolder));
        Assert.Equal((etag, etag), (later.ExpectedETag, later.StoredETag));
        Assert.Equal("e1", await Store.FindByRemoteIdAsync("acme", "r1"));
        Assert.Null(await Store.ReadAsync(Sample.Execution("e3")));
        Assert.Equal(2, await Store.ReadEventHeadAsync());
    }

    [StoreFact]
    public async Task RemoteId_ManyTakeItAtOnce_OneWins()
    {
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(n => TryAsync(() => Store.WriteAsync(Sample.Start($"e{n}") with { RemoteId = "r1" }))));

        var winner = Assert.Single(outcomes, outcome => outcome.Error is null);
        Assert.Equal($"e{Array.IndexOf(outcomes, winner)}", await Store.FindByRemoteIdAsync("acme", "r1"));
    }

    [StoreFact]
    public async Task RemoteId_OfAnotherConnectionOrNone_IsNoConflict()
    {
        await Store.WriteAsync(Sample.Start("e1") with { RemoteId = "r1" });
        await Store.WriteAsync(Sample.Start("e2") with { RemoteId = "r1", Connection = "other" });
        await Store.WriteAsync(Sample.Start("e3"));
        await Store.WriteAsync(Sample.Start("e4"));

        Assert.Equal("e2", await Store.FindByRemoteIdAsync("other", "r1"));
        Assert.Null(await Store.FindByRemoteIdAsync("acme", "r2"));
    }

    [StoreFact]
    public async Task RemoteId_KeptInALaterWrite_IsNoConflictWithItself()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1") with { RemoteId = "r1" });

        await Store.WriteAsync(Sample.Next("e1", etag, 2) with { RemoteId = "r1" });

        Assert.Equal("e1", await Store.FindByRemoteIdAsync("acme", "r1"));
    }

    [StoreFact]
    public async Task ReadLiveAsync_ByOwner_SeesLiveRowsInOrderOfId()
    {
        await WriteOwnedAsync(("e3", "a", true), ("e1", "a", true), ("e2", "b", true), ("e4", "a", false), ("e5", null, true));

        Assert.Equal(["e1", "e3"], (await Store.ReadLiveAsync("a", null, 10)).Select(row => row.ExecutionId));
        Assert.Equal(["e1"], (await Store.ReadLiveAsync("a", null, 1)).Select(row => row.ExecutionId));
        Assert.Equal(new LiveRow("e3", "acme", "a"), Assert.Single(await Store.ReadLiveAsync("a", "e1", 10)));
    }

    [StoreFact]
    public async Task ReadOrphansAsync_OfSeveralOwnersAndNone_SeesThemInOrderOfId()
    {
        await WriteOwnedAsync(("e3", "a", true), ("e1", "dead1", true), ("e2", null, true), ("e4", "dead2", true), ("e5", "dead1", false), ("e6", "b", true));

        Assert.Equal(["e1", "e2", "e4"], (await Store.ReadOrphansAsync(["a", "b"], null, 10)).Select(row => row.ExecutionId));
        Assert.Equal(["e2"], (await Store.ReadOrphansAsync(["a", "b"], "e1", 1)).Select(row => row.ExecutionId));
        Assert.Equal(["dead1", null, "dead2"], (await Store.ReadOrphansAsync(["a", "b"], null, 10)).Select(row => row.Owner));
        Assert.Equal(5, (await Store.ReadOrphansAsync([], null, 10)).Length);
    }

    [StoreFact]
    public async Task SetOwnerAsync_OfManyAndUnknown_LeavesETagsAsTheyAre()
    {
        await WriteOwnedAsync(("e1", "a", true), ("e2", "b", true), ("e3", null, true));
        var etag = (await Store.ReadAsync(Sample.Execution("e1")))!.ETag;

        await Store.SetOwnerAsync(["e1", "e2", "e3", "unknown"], "c");

        Assert.Equal(["e1", "e2", "e3"], (await Store.ReadLiveAsync("c", null, 10)).Select(row => row.ExecutionId));
        Assert.Empty(await Store.ReadOrphansAsync(["c"], null, 10));
        await Store.WriteAsync(Sample.Next("e1", etag, 2));
        Assert.Equal(3, (await Store.ReadLiveAsync("c", null, 10)).Length);
    }

    [StoreFact]
    public async Task SetOwnerAsync_OfMoreThanATransactionTakes_SetsAll()
    {
        var ids = Enumerable.Range(0, 1_300).Select(n => $"e{n:D4}").ToImmutableArray();
        await Task.WhenAll(ids.Select(id => Store.WriteAsync(Sample.Start(id))));

        await Store.SetOwnerAsync(ids, "a");

        Assert.Equal(ids, (await Store.ReadLiveAsync("a", null, 2_000)).Select(row => row.ExecutionId));
    }

    [StoreFact]
    public async Task Live_EndsWithTheWriteThatSaysSo()
    {
        await WriteOwnedAsync(("e1", "a", true));
        var etag = (await Store.ReadAsync(Sample.Execution("e1")))!.ETag;
        etag = await Store.WriteAsync(Sample.Next("e1", etag, 2, ExecutionStatus.Succeeded) with { Live = true, PendingWork = PendingWork.Steps });
        Assert.Single(await Store.ReadLiveAsync("a", null, 10));

        await Store.WriteAsync(Sample.Next("e1", etag, 3, ExecutionStatus.Succeeded));

        Assert.Empty(await Store.ReadLiveAsync("a", null, 10));
    }

    [StoreFact]
    public async Task CountByStatusAsync_AfterRandomWork_EqualsAFullCount()
    {
        var random = new Random(20251121);
        var etags = new Dictionary<string, string?>();
        for (int round = 0; round < 60; round++)
        {
            var ids = Enumerable.Range(0, 20).Select(_ => $"e{random.Next(60)}").Distinct().ToArray();
            await Task.WhenAll(ids.Select(id => ChangeAsync(id, etags, random.Next(3), (ExecutionStatus)random.Next(4), version: round + 2)));
        }

        var counted = await Store.CountByStatusAsync();
        var listed = new Dictionary<ExecutionStatus, long>();
        foreach (var status in Enum.GetValues<ExecutionStatus>())
        {
            var page = await Store.ListAsync(new() { Statuses = [status], PageSize = 500 });
            listed[status] = page.States.Length;
        }

        Assert.Equal(listed.Where(one => one.Value > 0).OrderBy(one => one.Key), counted.OrderBy(one => one.Key));
        Assert.Equal(etags.Count(one => one.Value is not null), counted.Values.Sum());
    }

    private async Task ChangeAsync(string id, Dictionary<string, string?> etags, int kind, ExecutionStatus status, long version)
    {
        string? etag;
        lock (etags)
        {
            etag = etags.GetValueOrDefault(id);
        }

        switch (kind)
        {
            case 0:
                // A write that loses must count nothing.
                await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync(Sample.Next(id, "1", version, status)));
                break;
            default:
                etag = await Store.WriteAsync(Sample.Next(id, "", version, status) with { ExpectedETag = etag });
                break;
        }

        lock (etags)
        {
            etags[id] = etag;
        }
    }

    private async Task WriteOwnedAsync(params (string Id, string? Owner, bool Live)[] rows)
    {
        foreach (var (id, owner, live) in rows)
        {
            await Store.WriteAsync(Sample.Start(id, live ? ExecutionStatus.Running : ExecutionStatus.Failed) with { Owner = owner });
        }
    }
}
