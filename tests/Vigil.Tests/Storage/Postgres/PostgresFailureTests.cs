using Microsoft.Extensions.Logging.Abstractions;
using Vigil.Storage;
using Vigil.Storage.Clustering;
using Vigil.Storage.Postgres;

namespace Vigil.Tests.Storage.Postgres;

/// <summary>Connections break and databases are not as they should be.</summary>
public sealed class PostgresFailureTests(PostgresFixture server) : PostgresWorld(server)
{
    [PostgresFact]
    public async Task WriteAsync_ItsConnectionIsEndedInTheMiddle_FailsAndTheNextWriteWorks()
    {
        var store = await OpenAsync();
        var etag = await store.WriteAsync(Sample.Start("e1"));
        var other = await OpenRawAsync();
        await other.RunAsync("BEGIN; SELECT FROM vigil.executions FOR UPDATE");
        var write = TryAsync(() => store.WriteAsync(Sample.Next("e1", etag, 2)));
        await other.UntilWritersWaitAsync();

        await other.RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vigil writer' AND datname = current_database()");
        var failure = await write.WaitAsync(Patience);
        await other.RunAsync("COMMIT");

        Assert.Contains("it is unknown whether the writes were executed", failure!.Message, StringComparison.Ordinal);
        Assert.Null(failure.InnerException);
        Assert.Equal(etag, (await store.ReadAsync(Sample.Execution("e1")))!.ETag);
        await store.WriteAsync(Sample.Next("e1", etag, 2));
        Assert.Equal(2, (await store.ReadEventsAsync(0, 10)).Length);
    }

    [PostgresFact]
    public async Task WriteAsync_OthersHaveTakenTheDatabaseOver_IsRefusedUntilItIsClaimedAgain()
    {
        await using var claim = new DatabaseClaim(Database, () => "a/vigil", NullLogger.Instance);
        await claim.StartingAsync(CancellationToken.None);
        var store = await OpenAsync(Settings with { Claim = claim });
        await store.WriteAsync(Sample.Start("e1"));
        var other = await OpenRawAsync();

        await other.RunAsync("UPDATE vigil_claim.claim SET holder = 'b/vigil', token = token + 1, valid_until = 'infinity'");
        var refused = await TryAsync(() => store.WriteAsync(Sample.Start("e2")));
        await other.RunAsync("UPDATE vigil_claim.claim SET valid_until = '-infinity'");

        Assert.Contains("is in use by another silo or cluster; nothing was changed", refused!.Message, StringComparison.Ordinal);
        using var patience = new CancellationTokenSource(Patience);
        while (await TryAsync(() => store.WriteAsync(Sample.Start("e3"))) is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }

        Assert.Null(await store.ReadAsync(Sample.Execution("e2")));
    }

    [PostgresFact]
    public async Task StalledWriter_InTheMiddleOfSending_IsEndedAndHoldsNobody()
    {
        var time = new ManualTimeProvider();
        var store = await OpenAsync(Settings with { Time = time, StalledAfter = TimeSpan.Zero });
        var etag = await store.WriteAsync(Sample.Start("e1"));
        await using var stalled = await RawSession.OpenAsync(Database, PostgresSettings.WriterName);
        await stalled.RunAsync($"BEGIN; {PostgresEvents.AnnounceSql}; SELECT FROM vigil.executions FOR UPDATE");
        var write = store.WriteAsync(Sample.Next("e1", etag, 2));
        var watching = await OpenRawAsync();
        await watching.UntilWritersWaitAsync();

        while (!write.IsCompleted)
        {
            // The first look suspects it, the second ends it; how long a look takes is the server's.
            time.Advance(TimeSpan.FromSeconds(5));
            await watching.ReadAsync("SELECT 1");
        }

        await write.WaitAsync(Patience);
        Assert.Equal(2, (await store.ReadEventsAsync(0, 10)).Length);
    }

    [PostgresFact]
    public async Task ReadAsync_AllConnectionsWereEndedWhileIdle_ReadsAllTheSame()
    {
        var store = await OpenAsync();
        await store.WriteAsync(Sample.Start("e1"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.ReadAsync(Sample.Execution("e1"))));
        var other = await OpenRawAsync();

        await other.RunAsync("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'vigil' AND datname = current_database()");

        Assert.NotNull(await store.ReadAsync(Sample.Execution("e1")));
    }

    [PostgresFact]
    public async Task WriteAsync_OneWriteBreaksARuleOfTheDatabase_FailsAloneAmongItsNeighbours()
    {
        var store = await OpenAsync();
        var etag = await store.WriteAsync(Sample.Start("e1"));
        var versionThatWasTold = Sample.Next("e1", etag, version: 1);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(n =>
            TryAsync(() => n == 7 ? store.WriteAsync(versionThatWasTold) : store.WriteAsync(Sample.Start($"f{n}")))));

        Assert.Contains("23505", outcomes[7]!.Message, StringComparison.Ordinal);
        Assert.Equal(19, outcomes.Count(outcome => outcome is null));
        Assert.Equal(20, (await store.CountByStatusAsync())[ExecutionStatus.Submitting]);
        Assert.Equal(20, (await store.ReadEventsAsync(0, 100)).Length);
        Assert.Equal(etag, (await store.ReadAsync(Sample.Execution("e1")))!.ETag);
    }

    [PostgresFact]
    public async Task WriteAsync_ATextThatTheDatabaseCannotHold_FailsAloneAndLeavesTheConnectionUsable()
    {
        // Often: what a failure leaves behind shows in the transactions after it.
        var store = await OpenAsync();
        for (int round = 0; round < 20; round++)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => TryAsync(() => store.WriteAsync(
                Sample.Start($"r{round}e{n}") with { Input = n == 4 ? "\0" : "1" }))));

            Assert.NotNull(outcomes[4]);
            Assert.All(outcomes.Where((_, n) => n != 4), Assert.Null);
        }
    }

    [PostgresFact]
    public async Task OpenAsync_NewerSchema_IsRefused()
    {
        await OpenAsync(Settings with { Migrations = [.. PostgresSchema.Migrations, "CREATE TABLE vigil.further (id integer)"] });

        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());

        var known = PostgresSchema.Migrations.Length;
        Assert.Equal(
            $"{Settings.Name} has schema {known + 1}, but this program knows only schemas up to {known}. Use a newer version of Vigil.", refusal.Message);
    }

    [PostgresFact]
    public async Task OpenAsync_OlderSchema_IsMigratedAndKeepsItsData()
    {
        await (await OpenAsync()).WriteAsync(Sample.Start("e1"));

        var newer = await OpenAsync(Settings with { Migrations = [.. PostgresSchema.Migrations, "ALTER TABLE vigil.executions ADD note text"] });

        Assert.NotNull(await newer.ReadAsync(Sample.Execution("e1")));
        Assert.Equal(PostgresSchema.Migrations.Length + 1, await (await OpenRawAsync()).ReadAsync("SELECT version FROM vigil.schema_version"));
    }

    [PostgresFact]
    public async Task OpenAsync_MigrationFails_LeavesTheOldSchemaWhole()
    {
        await Assert.ThrowsAsync<StoreException>(() => OpenAsync(Settings with { Migrations = [.. PostgresSchema.Migrations, "SELECT * FROM nothing"] }));

        var raw = await OpenRawAsync();
        Assert.Equal(DBNull.Value, await raw.ReadAsync("SELECT to_regnamespace('vigil')::text"));
        await OpenAsync();
    }

    [PostgresFact]
    public async Task OpenAsync_SomebodyElsesSchema_IsRefusedAndLeftAsItWas()
    {
        var raw = await OpenRawAsync();
        await raw.RunAsync("CREATE SCHEMA vigil; CREATE TABLE vigil.theirs (id integer)");

        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());

        Assert.Equal($"{Settings.Name} has a schema 'vigil' that is not Vigil's: it holds 'theirs'.", refusal.Message);
        Assert.Equal(1L, await raw.ReadAsync("SELECT count(*) FROM pg_class WHERE relnamespace = 'vigil'::regnamespace"));
    }

    [PostgresFact]
    public async Task AfterDispose_NothingIsTaken()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<StoreException>(() => store.WriteAsync(Sample.Start("e1")));
        await Assert.ThrowsAsync<StoreException>(() => store.ReadAsync(Sample.Execution("e1")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.OpenAsync(CancellationToken.None));
    }

    [PostgresFact]
    public async Task List_WithEachKindOfFilter_IsReadFromAnIndexWithoutSorting()
    {
        await OpenAsync();
        var raw = await OpenRawAsync();
        await raw.RunAsync("SET enable_seqscan = off; SET enable_bitmapscan = off");

        foreach (var (filter, index) in new[]
        {
            ("TRUE", "executions_accepted"), ("status = 1", "executions_status"), ("connection = 'a'", "executions_connection"),
            ("connection = 'a' AND status = 1", "executions_connection_status"),
        })
        {
            var plan = (string)(await raw.ReadAsync(
                $"EXPLAIN (FORMAT JSON) SELECT id FROM vigil.executions WHERE {filter} AND (accepted_at, row) < (1, 1) ORDER BY accepted_at DESC, row DESC LIMIT 5"))!;
            Assert.Contains($"\"{index}\"", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        }
    }

    [PostgresTheory]
    [InlineData("AND")]
    [InlineData("OR")]
    public async Task Reminders_OfAPartOfTheRing_AreFoundByAnIndex(string both)
    {
        await OpenAsync();
        var raw = await OpenRawAsync();
        await raw.RunAsync("SET enable_seqscan = off");

        var plan = (string)(await raw.ReadAsync($"EXPLAIN (FORMAT JSON) SELECT name, etag FROM vigil.reminders WHERE grain_hash > 1 {both} grain_hash <= 5"))!;

        Assert.Contains("\"reminders_ring\"", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }
}
