using System.Collections.Concurrent;
using Vigil.Storage;
using Vigil.Storage.Postgres;

namespace Vigil.Tests.Storage.Postgres;

/// <summary>Three stores over one database, as three silos have them.</summary>
public sealed class PostgresSeveralStoresTests(PostgresFixture server) : PostgresWorld(server)
{
    private const int Stores = 3;

    [PostgresFact]
    public async Task Racing_OneWinsEachTimeAndEveryTailIsWhole()
    {
        const int Executions = 20;
        const int Versions = 12;
        var stores = await OpenAllAsync();
        var tails = stores.Select(store => TailAsync(store, Executions * Versions)).ToArray();
        var won = new ConcurrentBag<(string Id, long Version)>();

        await Task.WhenAll(stores.SelectMany(store => Enumerable.Range(0, Executions).Select(n => RaceAsync(store, $"e{n}", Versions, won))));
        var told = await Task.WhenAll(tails).WaitAsync(Patience);

        Assert.Equal(Executions * Versions, won.Distinct().Count());
        Assert.Equal(Executions * Versions, won.Count);
        Assert.All(told, one =>
        {
            Assert.Equal(one.Select(each => each.Seq).Order(), one.Select(each => each.Seq));
            Assert.All(one.GroupBy(each => each.ExecutionId), mine =>
                Assert.Equal(Enumerable.Range(1, Versions).Select(version => (long)version), mine.Select(each => each.Version)));
        });
        Assert.Equal([KeyValuePair.Create(ExecutionStatus.Running, (long)Executions)], await stores[0].CountByStatusAsync());
    }

    [PostgresFact]
    public async Task Counters_OfStoresThatAreGone_AreFoldedIntoOneRowEach()
    {
        foreach (var store in await OpenAllAsync())
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => store.WriteAsync(Sample.Start(Guid.NewGuid().ToString("N")))));
        }

        var raw = await OpenRawAsync();
        Assert.Equal((long)Stores, await raw.ReadAsync("SELECT count(*) FROM vigil.counters"));
        var next = await OpenAsync();

        Assert.Equal(1L, await raw.ReadAsync("SELECT count(*) FROM vigil.counters"));
        Assert.Equal(10 * Stores, (await next.CountByStatusAsync())[ExecutionStatus.Submitting]);
    }

    [PostgresFact]
    public async Task Counters_ThatAreBeingChanged_AreNotWaitedFor()
    {
        foreach (var store in await OpenAllAsync())
        {
            await store.WriteAsync(Sample.Start(Guid.NewGuid().ToString("N")));
        }

        var writing = await OpenRawAsync();
        await writing.RunAsync("BEGIN; SELECT FROM vigil.counters LIMIT 1 FOR UPDATE");
        var next = await OpenAsync().WaitAsync(Patience);

        Assert.Equal(2L, await writing.ReadAsync("SELECT count(*) FROM vigil.counters"));
        Assert.Equal(Stores, (await next.CountByStatusAsync())[ExecutionStatus.Submitting]);
    }

    [PostgresFact]
    public async Task RemoteId_TakenByAnUncommittedTransaction_IsRefusedAloneAmongItsNeighbours()
    {
        var store = await OpenAsync();
        var etag = await store.WriteAsync(Sample.Start("e1"));
        var blocked = await store.WriteAsync(Sample.Start("blocked"));
        await store.WriteAsync(Sample.Start("winner"));
        var winner = await OpenRawAsync();
        await winner.RunAsync("BEGIN; UPDATE vigil.executions SET remote_id = 'r1' WHERE id = 'winner'; SELECT FROM vigil.executions WHERE id = 'blocked' FOR UPDATE");

        var first = store.WriteAsync(Sample.Next("blocked", blocked, 2));
        await winner.UntilWritersWaitAsync();
        var together = Enumerable.Range(0, 5).Select(n => TryAsync(() => store.WriteAsync(Sample.Start($"n{n}")))).ToList();
        var loser = TryAsync(() => store.WriteAsync(Sample.Next("e1", etag, 2) with { RemoteId = "r1" }));
        var release = await OpenRawAsync();
        await release.RunAsync("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'vigil writer' AND datname = current_database()");
        Assert.NotNull(await TryAsync(() => first));
        await release.UntilWritersWaitAsync();
        await winner.RunAsync("COMMIT");

        var conflict = Assert.IsType<StoreConflictException>(await loser.WaitAsync(Patience));
        Assert.Equal(("winner", etag, etag), (conflict.RemoteIdHolder, conflict.ExpectedETag, conflict.StoredETag));
        Assert.All(await Task.WhenAll(together), Assert.Null);
        Assert.Equal(8, (await store.CountByStatusAsync())[ExecutionStatus.Submitting]);
    }

    [PostgresTheory]
    [InlineData("40P01", 2, true)]
    [InlineData("40001", 4, true)]
    [InlineData("40P01", 5, false)]
    public async Task RolledBackForAnother_IsTriedAgainAFewTimes(string sqlState, int times, bool succeeds)
    {
        var store = await OpenAsync();
        var etag = await store.WriteAsync(Sample.Start("e1"));
        var raw = await OpenRawAsync();
        await raw.RunAsync(
            $"""
            CREATE SEQUENCE tries;
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'for another' USING ERRCODE = '{sqlState}'; END IF; RETURN new; END $$;
            CREATE TRIGGER fail BEFORE UPDATE ON vigil.executions FOR EACH ROW EXECUTE FUNCTION fail();
            """);

        var failure = await TryAsync(() => store.WriteAsync(Sample.Next("e1", etag, 2)));

        Assert.Equal(succeeds, failure is null);
        Assert.Equal(succeeds ? times + 1L : times, await raw.ReadAsync("SELECT last_value FROM tries"));
        Assert.Equal(succeeds ? 2 : 1, (await store.ReadEventsAsync(0, 10)).Length);
    }

    private static async Task RaceAsync(PostgresStore store, string id, int versions, ConcurrentBag<(string Id, long Version)> won)
    {
        string? etag = null;
        long version = 1;
        while (version <= versions)
        {
            try
            {
                etag = await store.WriteAsync(etag is null ? Sample.Start(id, ExecutionStatus.Running) : Sample.Next(id, etag, version));
                won.Add((id, version++));
            }
            catch (StoreConflictException conflict)
            {
                Assert.NotEqual(conflict.ExpectedETag, conflict.StoredETag);
                var stored = await store.ReadAsync(Sample.Execution(id));
                etag = stored!.ETag;
                version = stored.Text() == $$"""{"id":"{{id}}"}""" ? 2 : System.Text.Json.JsonDocument.Parse(stored.Json).RootElement.GetProperty("version").GetInt64() + 1;
            }
        }
    }

    private static async Task<List<StoredEvent>> TailAsync(PostgresStore store, int count)
    {
        List<StoredEvent> told = [];
        while (told.Count < count)
        {
            var after = told.LastOrDefault()?.Seq ?? 0;
            await store.WaitForEventAsync(after, CancellationToken.None).WaitAsync(Patience);
            told.AddRange(await store.ReadEventsAsync(after, 17));
        }

        return told;
    }

    /// <summary>Opens them at the same moment over the empty database: they meet at the schema too.</summary>
    private Task<PostgresStore[]> OpenAllAsync() => Task.WhenAll(Enumerable.Range(0, Stores).Select(_ => OpenAsync()));
}
