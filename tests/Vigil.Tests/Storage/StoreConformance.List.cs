using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    [StoreFact]
    public async Task ListAsync_NothingWritten_IsEmpty()
    {
        var page = await Store.ListAsync(new());

        Assert.Empty(page.States);
        Assert.Null(page.NextCursor);
    }

    [StoreFact]
    public async Task ListAsync_AllPages_GivesEachOnceNewestAcceptedFirst()
    {
        // Acceptance differs from the order of writing, and several are accepted at the same time.
        await WriteListedAsync(Enumerable.Range(0, 50).Select(n => ($"e{n:D2}", n * 7 % 10, "acme", ExecutionStatus.Running)));

        var ids = await PageThroughAsync(new() { PageSize = 7 });

        Assert.Equal(50, ids.Distinct().Count());
        Assert.Equal(50, ids.Count);
        var seconds = ids.Select(id => int.Parse(id[1..], CultureInfo.InvariantCulture) * 7 % 10).ToList();
        Assert.Equal(seconds.OrderDescending(), seconds);
    }

    [StoreFact]
    public async Task ListAsync_PageThatEndsWithTheList_HasNoNextCursor()
    {
        await WriteListedAsync(Enumerable.Range(0, 10).Select(n => ($"e{n}", n, "acme", ExecutionStatus.Running)));

        var first = await Store.ListAsync(new() { PageSize = 5 });
        var second = await Store.ListAsync(new() { PageSize = 5, Cursor = first.NextCursor });

        Assert.NotNull(first.NextCursor);
        Assert.Equal(5, second.States.Length);
        Assert.Null(second.NextCursor);
    }

    [StoreTheory]
    [InlineData(null, new[] { ExecutionStatus.Running }, "e5 e3 e1")]
    [InlineData(null, new[] { ExecutionStatus.Failed, ExecutionStatus.Running, ExecutionStatus.Failed }, "e6 e5 e3 e2 e1")]
    [InlineData("acme", new ExecutionStatus[0], "e4 e3 e2 e1")]
    [InlineData("acme", new[] { ExecutionStatus.Running, ExecutionStatus.Succeeded }, "e4 e3 e1")]
    [InlineData("other", new[] { ExecutionStatus.Failed }, "e6")]
    [InlineData("nobody", new ExecutionStatus[0], "")]
    [InlineData(null, new[] { ExecutionStatus.Lost }, "")]
    public async Task ListAsync_Filters_GiveWhatFitsAllPagesLong(string? connection, ExecutionStatus[] statuses, string expected)
    {
        await WriteListedAsync([
            ("e1", 1, "acme", ExecutionStatus.Running), ("e2", 2, "acme", ExecutionStatus.Failed), ("e3", 3, "acme", ExecutionStatus.Running),
            ("e4", 4, "acme", ExecutionStatus.Succeeded), ("e5", 5, "other", ExecutionStatus.Running), ("e6", 6, "other", ExecutionStatus.Failed)]);
        var query = new ExecutionQuery { Connection = connection, Statuses = [.. statuses] };

        Assert.Equal(expected, string.Join(' ', await PageThroughAsync(query)));
        Assert.Equal(expected, string.Join(' ', await PageThroughAsync(query with { PageSize = 1 })));
        Assert.Equal(expected, string.Join(' ', await PageThroughAsync(query with { PageSize = 2 })));
    }

    [StoreTheory]
    [InlineData(ExecutionOrder.AcceptedAt, false, null, null, "e6 e5 e4 e3 e2 e1")]
    [InlineData(ExecutionOrder.AcceptedAt, true, null, null, "e1 e2 e3 e4 e5 e6")]
    [InlineData(ExecutionOrder.AcceptedAt, false, "a", null, "e5 e3 e1")]
    [InlineData(ExecutionOrder.AcceptedAt, true, "a", "acme", "e1 e3")]
    [InlineData(ExecutionOrder.AcceptedAt, false, "none", null, "")]
    [InlineData(ExecutionOrder.EndedAt, false, null, null, "e1 e2 e3 e5")]
    [InlineData(ExecutionOrder.EndedAt, true, null, null, "e5 e3 e2 e1")]
    [InlineData(ExecutionOrder.EndedAt, true, null, "acme", "e3 e2 e1")]
    [InlineData(ExecutionOrder.EndedAt, false, "a", null, "e1 e3 e5")]
    public async Task ListAsync_TargetsAndOrders_GiveWhatFitsByCursorAndByNumber(
        ExecutionOrder orderBy, bool ascending, string? target, string? connection, string expected)
    {
        // Those with an end ended in the reverse of the order of their acceptance.
        foreach (var (n, of, status) in new (int, string, ExecutionStatus)[]
        {
            (1, "a", ExecutionStatus.Succeeded), (2, "b", ExecutionStatus.Failed), (3, "a", ExecutionStatus.Succeeded),
            (4, "b", ExecutionStatus.Running), (5, "a", ExecutionStatus.Lost), (6, "b", ExecutionStatus.Pending),
        })
        {
            await Store.WriteAsync(Sample.Start($"e{n}", status) with
            {
                Connection = n < 5 ? "acme" : "other",
                TargetId = of,
                AcceptedAt = Sample.Noon.AddSeconds(n),
                EndedAt = status.IsTerminal() ? Sample.Noon.AddSeconds(60 - n) : null,
            });
        }

        var query = new ExecutionQuery { OrderBy = orderBy, Ascending = ascending, TargetId = target, Connection = connection };

        Assert.Equal(expected, string.Join(' ', await PageThroughAsync(query)));
        Assert.Equal(expected, string.Join(' ', await PageThroughAsync(query with { PageSize = 1 })));
        Assert.Equal(expected, string.Join(' ', await NumberedPagesAsync(query with { PageSize = 2 }, pages: 4)));
    }

    [StoreFact]
    public async Task ListAsync_PageByNumber_GoesOnByItsCursor()
    {
        await WriteListedAsync(Enumerable.Range(0, 9).Select(n => ($"e{n}", n, "acme", n % 2 == 0 ? ExecutionStatus.Running : ExecutionStatus.Failed)));
        var query = new ExecutionQuery { PageSize = 2, Statuses = [ExecutionStatus.Running, ExecutionStatus.Failed] };

        var second = await Store.ListAsync(query with { Page = 2 });
        var third = await Store.ListAsync(query with { Cursor = second.NextCursor });

        Assert.Equal(["e6", "e5"], second.States.Select(state => state.Id));
        Assert.Equal(["e4", "e3"], third.States.Select(state => state.Id));
        Assert.Null((await Store.ListAsync(query with { Page = 5 })).NextCursor);
        Assert.Empty((await Store.ListAsync(query with { Page = 6 })).States);
    }

    [StoreTheory]
    [InlineData(0, null)]
    [InlineData(21, null)]
    [InlineData(1, "any")]
    public async Task ListAsync_PageOutOfRangeOrWithACursor_IsAnArgumentError(int page, string? cursor) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ListAsync(new() { PageSize = 500, Page = page, Cursor = cursor }));

    [StoreFact]
    public async Task ListAsync_CursorOfAnotherTargetOrOrder_IsInvalid()
    {
        await WriteListedAsync(Enumerable.Range(0, 5).Select(n => ($"e{n}", n, "acme", ExecutionStatus.Running)));
        var query = new ExecutionQuery { PageSize = 2 };
        var cursor = (await Store.ListAsync(query)).NextCursor;

        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.ListAsync(query with { Cursor = cursor, TargetId = "ok-5s" }));
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.ListAsync(query with { Cursor = cursor, Ascending = true }));
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.ListAsync(query with { Cursor = cursor, OrderBy = ExecutionOrder.EndedAt }));
    }

    [StoreFact]
    public async Task FindByRemoteIdsAsync_SomeWatched_GivesThose()
    {
        await Store.WriteAsync(Sample.Start("e1") with { RemoteId = "r1" });
        await Store.WriteAsync(Sample.Start("e2") with { RemoteId = "r2" });
        await Store.WriteAsync(Sample.Start("e3") with { RemoteId = "r3", Connection = "other" });

        var found = await Store.FindByRemoteIdsAsync("acme", ["r1", "r2", "r2", "r3", "unknown"]);

        Assert.Equal([("r1", "e1"), ("r2", "e2")], found.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Empty(await Store.FindByRemoteIdsAsync("acme", []));
    }

    [StoreFact]
    public async Task ListAsync_Attention_IsAFilterAndCounted()
    {
        await Store.WriteAsync(Sample.Start("e1", ExecutionStatus.Running) with { Attention = "not_found" });
        await Store.WriteAsync(Sample.Start("e2", ExecutionStatus.Running) with { AcceptedAt = Sample.Noon.AddSeconds(1) });
        var etag = await Store.WriteAsync(Sample.Start("e3", ExecutionStatus.Pending) with { AcceptedAt = Sample.Noon.AddSeconds(2), Attention = "polls_fail" });
        await Store.WriteAsync(Sample.Start("e4", ExecutionStatus.Running) with { AcceptedAt = Sample.Noon.AddSeconds(3), Attention = "not_found", Connection = "other" });

        Assert.Equal(["e4", "e3", "e1"], await PageThroughAsync(new() { PageSize = 1, Attention = true }));
        Assert.Equal(["e3", "e1"], await PageThroughAsync(new() { PageSize = 1, Attention = true, Connection = "acme" }));
        Assert.Equal(["e4", "e1"], await PageThroughAsync(new() { Attention = true, Statuses = [ExecutionStatus.Running] }));
        Assert.Equal(["e2"], await PageThroughAsync(new() { Attention = false }));
        Assert.Equal([("not_found", 2), ("polls_fail", 1)], (await Store.CountByAttentionAsync()).Select(count => (count.Key, count.Value)).Order());

        var cursor = (await Store.ListAsync(new() { PageSize = 1, Attention = true })).NextCursor;
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.ListAsync(new() { Cursor = cursor }));

        await Store.WriteAsync(Sample.Next("e3", etag, 2) with { AcceptedAt = Sample.Noon.AddSeconds(2) });
        Assert.Equal(["e4", "e1"], await PageThroughAsync(new() { Attention = true }));
    }

    [StoreFact]
    public async Task ListAsync_ManyOfSeveralStatusesAcceptedAtOneMoment_GivesEachOnce()
    {
        ExecutionStatus[] statuses = [ExecutionStatus.Running, ExecutionStatus.Failed, ExecutionStatus.Succeeded];
        await WriteListedAsync(Enumerable.Range(0, 30).Select(n => ($"e{n:D2}", 1, "acme", statuses[n % 3])));

        var ids = await PageThroughAsync(new() { PageSize = 4, Statuses = [.. statuses] });

        Assert.Equal(Enumerable.Range(0, 30).Select(n => $"e{n:D2}"), ids.Order());
    }

    [StoreFact]
    public async Task ListAsync_FollowsAStatusThatChanges()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1"));
        await Store.WriteAsync(Sample.Next("e1", etag, 2, ExecutionStatus.Failed));

        Assert.Empty((await Store.ListAsync(new() { Statuses = [ExecutionStatus.Submitting] })).States);
        Assert.Equal("""{"id":"e1","version":2}""", Assert.Single((await Store.ListAsync(new() { Statuses = [ExecutionStatus.Failed] })).States).Text());
    }

    [StoreFact]
    public async Task ListAsync_InsertsBetweenPages_NeitherRepeatNorSkip()
    {
        await WriteListedAsync(Enumerable.Range(0, 40).Select(n => ($"old{n:D2}", n, "acme", ExecutionStatus.Running)));
        List<string> ids = [];
        string? cursor = null;
        int inserted = 0;
        do
        {
            // Newer ones, and ones accepted at the very moment where the page ended.
            var page = await Store.ListAsync(new() { PageSize = 7, Cursor = cursor });
            ids.AddRange(page.States.Select(state => state.Id));
            cursor = page.NextCursor;
            await WriteListedAsync([($"new{inserted}", 100 + inserted, "acme", ExecutionStatus.Running), ($"tie{inserted++}", 40 - ids.Count, "acme", ExecutionStatus.Running)]);
        }
        while (cursor is not null);

        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(40, ids.Count(id => id.StartsWith("old", StringComparison.Ordinal)));
        Assert.DoesNotContain(ids, id => id.StartsWith("new", StringComparison.Ordinal));
    }

    [StoreFact]
    public async Task ListAsync_CursorOfAnotherQuery_IsInvalid()
    {
        await WriteListedAsync(Enumerable.Range(0, 10).Select(n => ($"e{n}", n, "acme", ExecutionStatus.Running)));
        var query = new ExecutionQuery { PageSize = 2, Connection = "acme", Statuses = [ExecutionStatus.Running, ExecutionStatus.Failed] };
        var cursor = (await Store.ListAsync(query)).NextCursor;

        // The same filter in other words is the same query, and pages may change their size.
        var same = await Store.ListAsync(query with { PageSize = 3, Cursor = cursor, Statuses = [ExecutionStatus.Failed, ExecutionStatus.Running] });
        Assert.Equal(["e7", "e6", "e5"], same.States.Select(state => state.Id));

        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.ListAsync(query with { Cursor = cursor, Connection = "other" }));
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.ListAsync(query with { Cursor = cursor, Connection = null }));
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.ListAsync(query with { Cursor = cursor, Statuses = [] }));
    }

    [StoreTheory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not a cursor, but quite long; indeed")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("ключ")]
    public async Task ListAsync_BrokenCursor_IsInvalid(string cursor) =>
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.ListAsync(new() { Cursor = cursor }));

    [StoreTheory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(501)]
    public async Task ListAsync_PageSizeOutOfRange_IsAnArgumentError(int size) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ListAsync(new() { PageSize = size }));

    private async Task<List<string>> PageThroughAsync(ExecutionQuery query)
    {
        List<string> ids = [];
        ExecutionPage page;
        do
        {
            page = await Store.ListAsync(query);
            Assert.True(page.States.Length <= query.PageSize);
            ids.AddRange(page.States.Select(state => state.Id));
            query = query with { Cursor = page.NextCursor };
        }
        while (page.NextCursor is not null);
        return ids;
    }

    private async Task<List<string>> NumberedPagesAsync(ExecutionQuery query, int pages)
    {
        List<string> ids = [];
        for (var page = 1; page <= pages; page++)
        {
            ids.AddRange((await Store.ListAsync(query with { Page = page })).States.Select(state => state.Id));
        }

        return ids;
    }

    private async Task WriteListedAsync(IEnumerable<(string Id, int Second, string Connection, ExecutionStatus Status)> rows)
    {
        foreach (var (id, second, connection, status) in rows)
        {
            await Store.WriteAsync(Sample.Start(id, status) with { Connection = connection, AcceptedAt = Sample.Noon.AddSeconds(second) });
        }
    }
}
