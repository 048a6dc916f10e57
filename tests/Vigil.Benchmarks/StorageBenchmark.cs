using System.Diagnostics;
using Vigil.Storage;
using Vigil.Storage.Postgres;
using Vigil.Storage.Sqlite;
using Vigil.Storage.Writing;
using Vigil.Testing;

namespace Vigil.Benchmarks;

/// <summary>
/// How many starts does the store accept in a second, beside one transaction for each; and how fast are lists and counts when it is full?
/// The file lies in the current folder's file system and the private server's data in that of temporary files: both should be real disks.
/// </summary>
internal static class StorageBenchmark
{
    private const int Writers = 256;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        var rows = args is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 1_000_000;

        Console.WriteLine($"{Environment.ProcessorCount} cores, {Writers} writers; a start is a row, an event and an input");
        Console.WriteLine("SQLite, synchronous=FULL");
        await MeasureStoreAsync(OpenSqliteAsync, rows);
        if (PostgresServer.WhyNot is { } reason)
        {
            Console.WriteLine(reason);
            return 0;
        }

        Console.WriteLine("PostgreSQL on this machine, fsync=on");
        await using var server = await PostgresServer.StartAsync(durable: true);
        await MeasureStoreAsync(limits => OpenPostgresAsync(server, limits), rows);
        return 0;
    }

    private static async Task MeasureStoreAsync(Func<WriteQueueLimits, Task<Data>> open, int rows)
    {
        await MeasureAsync(open, "one transaction per write", new() { TransactionRows = 1 }, StartAsync);
        await MeasureAsync(open, "group commit", new(), StartAsync);
        await MeasureAsync(open, "group commit, whole lives (4 writes each)", new(), LiveAsync);
        await MeasureFullAsync(open, rows);
    }

    private static async Task<Data> OpenSqliteAsync(WriteQueueLimits limits)
    {
        var folder = Directory.CreateDirectory($"vigil-benchmark-{Guid.NewGuid():N}");
        var store = new SqliteStore(new() { DataFolder = folder.FullName, Limits = limits });
        await store.OpenAsync(CancellationToken.None);
        return new(store, () => folder.Delete(recursive: true));
    }

    private static async Task<Data> OpenPostgresAsync(PostgresServer server, WriteQueueLimits limits)
    {
        var store = new PostgresStore(new() { ConnectionString = await server.CreateDatabaseAsync(), Limits = limits });
        await store.OpenAsync(CancellationToken.None);
        return new(store, () => { });
    }

    private static async Task MeasureAsync(
        Func<WriteQueueLimits, Task<Data>> open, string name, WriteQueueLimits limits, Func<IVigilStore, int, Task> write)
    {
        await using var data = await open(limits);
        var processorBefore = Process.GetCurrentProcess().TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            List<double> mine = [];
            while (Stopwatch.GetElapsedTime(began) < Duration)
            {
                var at = Stopwatch.GetTimestamp();
                await write(data.Store, mine.Count);
                mine.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }

            return mine;
        })));
        var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var processor = (Process.GetCurrentProcess().TotalProcessorTime - processorBefore).TotalSeconds;
        var all = latencies.SelectMany(some => some).Order().ToArray();
        Console.WriteLine(
            $"{name,-44} {all.Length / elapsed,8:N0}/s   p50 {all[all.Length / 2],7:N1} ms   p99 {all[all.Length * 99 / 100],7:N1} ms   "
            + $"{processor / elapsed:N2} cores");
    }

    private static Task StartAsync(IVigilStore store, int n) => store.WriteAsync(StorageWrites.Start(Guid.CreateVersion7().ToString("N"), n));

    private static async Task LiveAsync(IVigilStore store, int n)
    {
        var id = Guid.CreateVersion7().ToString("N");
        var etag = await store.WriteAsync(StorageWrites.Start(id, n));
        etag = await store.WriteAsync(StorageWrites.Next(id, etag, 2, ExecutionStatus.Submitting));
        etag = await store.WriteAsync(StorageWrites.Next(id, etag, 3, ExecutionStatus.Running));
        await store.WriteAsync(StorageWrites.Next(id, etag, 4, ExecutionStatus.Succeeded));
    }

    private static async Task MeasureFullAsync(Func<WriteQueueLimits, Task<Data>> open, int rows)
    {
        await using var data = await open(new());
        var store = data.Store;
        await store.ListAsync(new());
        var began = Stopwatch.GetTimestamp();
        foreach (var some in Enumerable.Range(0, rows).Chunk(2_000))
        {
            await Task.WhenAll(some.Select(n => store.WriteAsync(StorageWrites.Filled(n))));
        }

        Console.WriteLine($"{rows:N0} rows, a tenth of them live, written in {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s");
        await ReportAsync("page of 50, all", () => store.ListAsync(new()));
        await ReportAsync("page of 500, all", () => store.ListAsync(new() { PageSize = 500 }));
        await ReportAsync("page of 50, failed", () => store.ListAsync(new() { Statuses = [ExecutionStatus.Failed] }));
        await ReportAsync("page of 50, running on one connection", () => store.ListAsync(
            new() { Statuses = [ExecutionStatus.Running], Connection = "c3" }));
        await ReportAsync("page of 50, seven statuses on one connection", () => store.ListAsync(
            new() { Statuses = [.. Enum.GetValues<ExecutionStatus>().Take(7)], Connection = "c3" }));
        var deep = await DeepCursorAsync(store, pages: 200);
        await ReportAsync("page of 500, after 100,000", () => store.ListAsync(new() { PageSize = 500, Cursor = deep }));
        await ReportAsync("counts by status", () => store.CountByStatusAsync());
        await ReportAsync("orphans, none", () => store.ReadOrphansAsync(["silo"], null, 1_000));
        await ReportAsync("1,000 live rows of an owner", () => store.ReadLiveAsync("silo", "0005", 1_000));
        await ReportAsync("one execution", () => store.ReadAsync(new(StateKind.Execution, StorageWrites.IdOf(rows / 2))));
    }

    private static async Task<string?> DeepCursorAsync(IVigilStore store, int pages)
    {
        string? cursor = null;
        for (int i = 0; i < pages; i++)
        {
            cursor = (await store.ListAsync(new() { PageSize = 500, Cursor = cursor })).NextCursor ?? cursor;
        }

        return cursor;
    }

    private static async Task ReportAsync<T>(string name, Func<Task<T>> read)
    {
        var times = new double[50];
        for (int i = 0; i < times.Length; i++)
        {
            var at = Stopwatch.GetTimestamp();
            await read();
            times[i] = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        }

        Console.WriteLine($"{name,-44} first {times[0],7:N2} ms   p50 {times.Order().ElementAt(25),7:N2} ms   worst of the rest {times.Skip(1).Max(),7:N2} ms");
    }

    private sealed class Data(IVigilStore store, Action remove) : IAsyncDisposable
    {
        public IVigilStore Store => store;

        public async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            remove();
        }
    }
}
