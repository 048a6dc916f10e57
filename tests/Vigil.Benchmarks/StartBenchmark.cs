using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Client;
using Vigil.Simulator;
using Vigil.Storage.Sqlite;
using Vigil.Storage;
using Vigil.Testing;

namespace Vigil.Benchmarks;

/// <summary>
/// How many starts does the gateway accept in a second - rule, grain, durable row, event, input - on each database, beside a store that gives each
/// write a transaction of its own? The connection is paused by its start rate, so that accepting alone is measured.
/// </summary>
internal static class StartBenchmark
{
    private const int Callers = 256;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync()
    {
        Console.WriteLine($"Starts accepted through the gateway, {Environment.ProcessorCount} cores, {Callers} callers; SQLite with synchronous=FULL, PostgreSQL with fsync=on");
        await MeasureAsync("SQLite, a transaction a write", transactionRows: 1);
        await MeasureAsync("SQLite, group commit");
        if (PostgresServer.WhyNot is { } reason)
        {
            Console.WriteLine(reason);
            return 0;
        }

        await using var server = await PostgresServer.StartAsync(durable: true);
        await MeasureAsync("PostgreSQL, group commit", database: await server.CreateDatabaseAsync());
        return 0;
    }

    private static async Task MeasureAsync(string name, int? transactionRows = null, string? database = null)
    {
        var folder = Directory.CreateDirectory($"vigil-benchmark-{Guid.NewGuid():N}");
        await using (var simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient))
        await using (var app = Build(folder, simulator, transactionRows, database))
        {
            await app.StartAsync();
            var gateway = app.Services.GetRequiredService<ExecutionGateway>();
            await CallAsync(gateway, WarmUp);
            var began = Stopwatch.GetTimestamp();
            var latencies = await CallAsync(gateway, Duration);
            var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine(
                $"{name,-30} {latencies.Length / elapsed,8:N0}/s   p50 {latencies[latencies.Length / 2],7:N1} ms   p99 {latencies[latencies.Length * 99 / 100],7:N1} ms");
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
    }

    private static async Task<double[]> CallAsync(ExecutionGateway gateway, TimeSpan length)
    {
        var began = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            List<double> mine = [];
            while (Stopwatch.GetElapsedTime(began) < length)
            {
                var at = Stopwatch.GetTimestamp();
                await gateway.StartAsync(new() { Connection = "gloriamundo", Target = new("workflow", "slow-10m"), Input = """{"question":"how many?"}""" });
                mine.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }

            return mine;
        })));
        return [.. all.SelectMany(some => some).Order()];
    }

    private static WebApplication Build(DirectoryInfo folder, SimulatorHost simulator, int? transactionRows, string? database) => BenchmarkSilo.Build(
        folder,
        new Dictionary<string, string>
        {
            ["Name"] = "gloriamundo",
            ["Platform"] = "gloriamundo",
            ["BaseAddress"] = simulator.AddressOf("gloriamundo").ToString(),
            ["Credential"] = "simulated",
            ["StartsPerMinute"] = "1",
        },
        services =>
        {
            if (transactionRows is { } rows)
            {
                services.AddSingleton<IVigilStore>(_ => new SqliteStore(new() { DataFolder = folder.FullName, Limits = new() { TransactionRows = rows } }));
            }
        },
        database);
}
