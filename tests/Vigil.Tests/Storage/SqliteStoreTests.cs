using Microsoft.Data.Sqlite;
using Vigil.Storage;
using Vigil.Storage.Sqlite;

namespace Vigil.Tests.Storage;

public sealed class SqliteStoreTests : StoreConformance
{
    private readonly TemporaryFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete();
    }

    [Fact]
    public async Task OpenAsync_AnotherStoreHasTheFolder_IsRefusedNamingTheProcess()
    {
        await using var second = new SqliteStore(new() { DataFolder = _folder.Path });

        var refusal = await Assert.ThrowsAsync<StoreException>(() => second.OpenAsync(CancellationToken.None));

        Assert.Equal(
            $"The data folder '{_folder.Path}' is in use by process {Environment.ProcessId}. Only one process can use it; several silos need PostgreSQL.",
            refusal.Message);
        await Store.WriteAsync(Sample.Start("e1"));
    }

    [Fact]
    public async Task OpenAsync_Twice_IsOneOpening()
    {
        await Store.WriteAsync(Sample.Start("e1"));

        await Store.OpenAsync(CancellationToken.None);

        Assert.NotNull(await Store.ReadAsync(Sample.Execution("e1")));
    }

    [Fact]
    public async Task OpenAsync_DeliveriesLeasedToAProcessThatIsGone_AreDueAtOnce()
    {
        await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        var now = DateTimeOffset.UnixEpoch;
        var lost = Assert.Single(await Store.LeaseDeliveriesAsync("gone", now, now.AddMinutes(1), 10));

        await ReopenAsync();

        var again = Assert.Single(await Store.LeaseDeliveriesAsync("here", now, now.AddMinutes(1), 10));
        Assert.Equal((lost.Id, 1), (again.Id, again.Attempts));
    }

    [Fact]
    public async Task OpenAsync_SomethingIsLeasedAndTheDatabaseIsLocked_OpensAllTheSame()
    {
        await Store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        var now = DateTimeOffset.UnixEpoch;
        await Store.LeaseDeliveriesAsync("gone", now, now.AddMinutes(1), 10);
        using var other = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "vigil.db")};Pooling=False");
        other.Open();
        Run(other, "BEGIN IMMEDIATE");

        await ReopenAsync();

        await Assert.ThrowsAsync<StoreException>(() => Store.WriteAsync(Sample.Start("e2")));
        Run(other, "ROLLBACK");
        Assert.Single(await Store.LeaseDeliveriesAsync("here", now.AddMinutes(1), now.AddMinutes(2), 10));
    }

    [Fact]
    public async Task AfterDispose_NothingIsTakenAndTheFolderIsFree()
    {
        await Store.DisposeAsync();

        await Assert.ThrowsAsync<StoreException>(() => Store.WriteAsync(Sample.Start("e1")));
        await Assert.ThrowsAsync<StoreException>(() => Store.ReadAsync(Sample.Execution("e1")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Store.OpenAsync(CancellationToken.None));
        await ReopenAsync();
    }

    [Fact]
    public async Task WriteAsync_AnotherProgramHoldsTheLock_FailsNamingItAndWorksLater()
    {
        await Store.WriteAsync(Sample.Start("e1"));
        using var other = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "vigil.db")};Pooling=False");
        other.Open();
        Run(other, "BEGIN IMMEDIATE");

        var failures = await Task.WhenAll(Enumerable.Range(0, 3).Select(n => Assert.ThrowsAsync<StoreException>(() => Store.WriteAsync(Sample.Start($"f{n}")))));

        Assert.All(failures, failure => Assert.Equal($"The database '{_folder.Path}/vigil.db' is locked by another program.", failure.Message));
        Assert.NotNull(await Store.ReadAsync(Sample.Execution("e1")));
        Run(other, "ROLLBACK");
        await Store.WriteAsync(Sample.Start("f0"));
        Assert.Equal(2, (await Store.CountByStatusAsync())[ExecutionStatus.Submitting]);
    }

    [Fact]
    public async Task WriteAsync_OneWriteBreaksARuleOfTheDatabase_FailsAloneAmongItsNeighbours()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1"));
        var versionThatWasTold = Sample.Next("e1", etag, version: 1);

        var outcomes = Enumerable.Range(0, 20).Select(n => n == 7 ? Store.WriteAsync(versionThatWasTold) : Store.WriteAsync(Sample.Start($"f{n}"))).ToList();

        var failure = await Assert.ThrowsAsync<StoreException>(() => outcomes[7]);
        Assert.Contains("UNIQUE", failure.Message, StringComparison.Ordinal);
        await Task.WhenAll(outcomes.Where(outcome => outcome != outcomes[7]));
        Assert.Equal(20, (await Store.CountByStatusAsync())[ExecutionStatus.Submitting]);
        Assert.Equal(20, (await Store.ReadEventsAsync(0, 100)).Length);
        Assert.Equal(etag, (await Store.ReadAsync(Sample.Execution("e1")))!.ETag);
    }

    [Fact]
    public async Task List_WithEachKindOfFilter_IsReadFromAnIndexWithoutSorting()
    {
        await Store.WriteAsync(Sample.Start("e1"));
        await Store.DisposeAsync();
        using var session = new SqliteSession(Path.Combine(_folder.Path, "vigil.db"), TimeSpan.FromSeconds(1), "");

        foreach (var (filter, index) in new[]
        {
            ("TRUE", "executions_accepted"), ("status = 1", "executions_status"), ("connection = 'a'", "executions_connection"),
            ("connection = 'a' AND status = 1", "executions_connection_status"),
        })
        {
            using var plan = session.Query(
                $"EXPLAIN QUERY PLAN SELECT accepted_at, row FROM executions WHERE {filter} AND (accepted_at, row) < (1, 1) ORDER BY accepted_at DESC, row DESC LIMIT 5");
            Assert.True(plan.Read());
            Assert.Contains($"INDEX {index} ", plan.GetString(3) + " ", StringComparison.Ordinal);
            Assert.False(plan.Read());
        }
    }

    [Theory]
    [InlineData(SqliteReminders.RangeSql, "INDEX reminders_ring (grain_hash>? AND grain_hash<?)")]
    [InlineData(SqliteReminders.WrappedRangeSql, "INDEX reminders_ring (grain_hash>?)", "INDEX reminders_ring (grain_hash<?)")]
    public async Task Reminders_OfAPartOfTheRing_AreFoundByAnIndex(string sql, params string[] expected)
    {
        await Store.DisposeAsync();
        using var session = new SqliteSession(Path.Combine(_folder.Path, "vigil.db"), TimeSpan.FromSeconds(1), "");

        using var plan = session.Query($"EXPLAIN QUERY PLAN {sql}", ("$begin", 1), ("$end", 5));
        List<string> found = [];
        while (plan.Read())
        {
            found.Add(plan.GetString(3));
        }

        Assert.DoesNotContain(found, step => step.StartsWith("SCAN", StringComparison.Ordinal));
        Assert.All(expected, use => Assert.Contains(found, step => step.Contains(use, StringComparison.Ordinal)));
    }

    private protected override async Task<IVigilStore> OpenAsync()
    {
        var store = new SqliteStore(new() { DataFolder = _folder.Path, BusyTimeout = TimeSpan.FromMilliseconds(50) });
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
