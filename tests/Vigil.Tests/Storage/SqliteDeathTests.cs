using Vigil.Storage;
using Vigil.Storage.Sqlite;
using Vigil.Storage.Writing;

namespace Vigil.Tests.Storage;

/// <summary>The store dies between any two writes, or its disk fills up, and is opened again: a transaction is there whole or not at all.</summary>
public sealed class SqliteDeathTests : IDisposable
{
    private const int Writes = 10;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Delete();

    [Theory]
    [InlineData("Gathered", 1)]
    [InlineData("BetweenWrites", 1)]
    [InlineData("BetweenWrites", 5)]
    [InlineData("BetweenWrites", 9)]
    [InlineData("BeforeCommit", 1)]
    [InlineData("AfterCommit", 1)]
    public async Task Death_AtAnyPoint_LeavesTheTransactionWholeOrNotAtAll(string point, int times)
    {
        var hook = new DeathHook(Enum.Parse<WritePoint>(point), times);
        string etag;
        await using (var store = await OpenAsync(new() { DataFolder = _folder.Path, Hook = hook }))
        {
            etag = await store.WriteAsync(Sample.Start("before"));
            var outcomes = await WriteTogetherAsync(store, hook, etag);
            Assert.All(outcomes, outcome => Assert.Equal("The write queue was stopped by its test hook.", outcome?.Message));
            await Assert.ThrowsAsync<StoreException>(() => store.WriteAsync(Sample.Start("after")));
        }

        var committed = hook.Point == WritePoint.AfterCommit;
        await using var again = await OpenAsync(new() { DataFolder = _folder.Path });
        await AssertWholeAsync(again, committed ? Writes + 1 : 2);
        Assert.Equal(committed, (await again.ReadAsync(Sample.Execution("before")))!.ETag != etag);
        await again.WriteAsync(Sample.Start("after"));
        await AssertWholeAsync(again, committed ? Writes + 2 : 3);
    }

    [Fact]
    public async Task DiskFull_FailsWritersNamingItAndKeepsWhatWasWritten()
    {
        int written = 0;
        await using (var store = await OpenAsync(new() { DataFolder = _folder.Path, MaxPages = 200 }))
        {
            StoreException? failure = null;
            while (failure is null)
            {
                Assert.InRange(written, 0, 100_000);
                var outcomes = await Task.WhenAll(Enumerable.Range(written, 20).Select(n => TryAsync(() => store.WriteAsync(Sample.Start($"e{n}")))));
                failure = outcomes.FirstOrDefault(outcome => outcome is not null);
                written += outcomes.Count(outcome => outcome is null);
            }

            Assert.Equal($"The disk that holds the database '{_folder.Path}/vigil.db' is full.", failure.Message);
            await AssertWholeAsync(store, written);
        }

        await using var again = await OpenAsync(new() { DataFolder = _folder.Path });
        await AssertWholeAsync(again, written);
        await again.WriteAsync(Sample.Start("more"));
        await AssertWholeAsync(again, written + 1);
    }

    /// <summary>The counters, the rows, the events and what is owed tell of the same executions.</summary>
    private static async Task AssertWholeAsync(SqliteStore store, int executions)
    {
        Assert.Equal(executions, (await store.CountByStatusAsync()).Values.Sum());
        int listed = 0;
        for (ExecutionPage? page = null; page is null || page.NextCursor is not null; listed += page.States.Length)
        {
            page = await store.ListAsync(new() { PageSize = 500, Cursor = page?.NextCursor });
        }

        Assert.Equal(executions, listed);
        var events = await store.ReadEventsAsync(0, 100_000);
        Assert.Equal(executions, events.Count(one => one.Version == 1));
        Assert.Equal(events.Length == 0 ? 0 : events[^1].Seq, await store.ReadEventHeadAsync());
    }

    /// <summary>Nine starts and one change of a row that is there, all in one transaction.</summary>
    private static async Task<StoreException?[]> WriteTogetherAsync(SqliteStore store, DeathHook hook, string etag)
    {
        hook.Hold();
        var first = TryAsync(() => store.WriteAsync(Sample.Start("e0", subscribers: "grain:s/1")));
        await hook.HeldAsync();
        var others = Enumerable.Range(1, Writes - 1).Select(n => TryAsync(() => store.WriteAsync(Sample.Start($"e{n}", subscribers: "grain:s/1"))));
        var all = Task.WhenAll([.. others, TryAsync(() => store.WriteAsync(Sample.Next("before", etag, 2)))]);
        hook.Arm();
        Assert.Null(await first);
        return await all;
    }

    private static async Task<StoreException?> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return null;
        }
        catch (StoreException error)
        {
            return error;
        }
    }

    private static async Task<SqliteStore> OpenAsync(SqliteSettings settings)
    {
        var store = new SqliteStore(settings);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    /// <summary>Holds one transaction open, so that writes gather behind it, and dies in the next one.</summary>
    private sealed class DeathHook(WritePoint point, int times) : IWriteHook
    {
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? _release;
        private volatile bool _armed;
        private int _left = times;

        public WritePoint Point => point;

        public void Hold() => _release = new();

        public Task HeldAsync() => _held.Task;

        public void Arm() => _release!.SetResult();

        public void Reached(WritePoint reached)
        {
            if (!_armed && reached == WritePoint.BeforeCommit && _release is not null)
            {
                _held.SetResult();
                _release.Task.GetAwaiter().GetResult();
            }
            else if (_armed && reached == point && --_left == 0)
            {
                throw new InvalidOperationException("Dead.");
            }

            _armed |= reached == WritePoint.AfterCommit && _held.Task.IsCompleted;
        }
    }
}
