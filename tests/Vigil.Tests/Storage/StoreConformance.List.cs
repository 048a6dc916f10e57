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

    private async Task WriteListedAsync(IEnumerable<(string Id, int Second, string Connection, ExecutionStatus Status)> rows)
    {
        foreach (var (id, second, connection, status) in rows)
        {
            await Store.WriteAsync(Sample.Start(id, status) with { Connection = connection, AcceptedAt = Sample.Noon.AddSeconds(second) });
        }
    }
}
