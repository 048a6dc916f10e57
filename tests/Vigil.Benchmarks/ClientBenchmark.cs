using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Vigil.Client;
using Vigil.Testing;

namespace Vigil.Benchmarks;

/// <summary>
/// What does a program feel that holds a client? How long a start takes until its handle is there; what thousands of waiting handles cost, and how long
/// after the write of an end its handle returns, beside the same handles asked for their execution every second; and what a killed silo adds.
/// The silo and the platform are other processes, so memory and processor time are the client's.
/// </summary>
internal static class ClientBenchmark
{
    private const int Starts = 2000;
    private const int WarmUps = 500;
    private const double EndsPerSecond = 500;
    private const int KillHandles = 3000;
    private const double KillEndsPerSecond = 100;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private static readonly ParallelOptions Parallelism = new() { MaxDegreeOfParallelism = 64 };
    private static readonly StartExecution Request = new() { Connection = ClientSilo.Connection, Target = new("agent", "any"), Input = """{"question":"how many?"}""" };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var handles = arguments is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 10_000;
        Console.WriteLine($"{Environment.ProcessorCount} cores for the client, the silos, their database and the platform");

        // First, so that what this process holds is the client's alone.
        await MeasureWaitingAsync("handles that wait", handles, (handle, cancellationToken) => handle.WaitAsync(cancellationToken));
        await MeasureWaitingAsync("a GET a second each", handles, PollAsync);
        await MeasureStartsAsync();
        if (PostgresServer.WhyNot is { } reason)
        {
            Console.WriteLine(reason);
            return 0;
        }

        await MeasureKillAsync();
        return 0;
    }

    private static async Task MeasureStartsAsync()
    {
        await using var platform = await StartedPlatform.StartAsync();
        var folder = Directory.CreateDirectory($"vigil-benchmark-{Guid.NewGuid():N}");
        await using (var app = BenchmarkSilo.Build(folder, ClientSilo.ConnectionTo(platform.Address)))
        {
            await app.StartAsync();
            await MeasureStartsAsync("in the silo's process", app.Services.GetRequiredService<IVigilClient>());
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
        using var silo = await ClientSilo.StartAsync(platform.Address);
        using var host = await ConnectAsync(silo.Cluster);
        await MeasureStartsAsync("by Orleans client", host.Services.GetRequiredService<IVigilClient>());
        var http = new VigilHttpClient(silo.Http);
        await MeasureStartsAsync("by HTTP", http);
        await host.StopAsync();
    }

    private static async Task MeasureStartsAsync(string name, IVigilClient client)
    {
        var latencies = new List<double>();
        for (var start = 0; start < WarmUps + Starts; start++)
        {
            var began = Stopwatch.GetTimestamp();
            await client.StartAsync(Request);
            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start to handle, one after the other, {name,-22} {Percentiles(latencies[WarmUps..])}"));
    }

    private static async Task MeasureWaitingAsync(string name, int count, Func<ExecutionHandle, CancellationToken, Task<Execution>> waitAsync)
    {
        await using var platform = await StartedPlatform.StartAsync();
        using var silo = await ClientSilo.StartAsync(platform.Address);
        var calls = new CountedCalls();
        using var host = await ConnectAsync(silo.Cluster, calls);
        var client = host.Services.GetRequiredService<IVigilClient>();
        var handles = await StartAsync(client, count);

        using var process = Process.GetCurrentProcess();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var returned = new ConcurrentDictionary<string, DateTimeOffset>();
        var waits = handles.Select(handle => ReturnedAsync(handle, waitAsync, returned)).ToArray();
        var called = calls.Count;
        var idle = await Usage.OfAsync(Idle);
        process.Refresh();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-20} {count:N0} waiting: {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / 1024:N1} MiB of heap, {process.WorkingSet64 / 1024 / 1024:N0} MiB resident in all; "
            + $"{(calls.Count - called) / Idle.TotalSeconds:N0} grain calls/s, {idle.Cores:N2} cores"));

        await platform.EndAsync(0, EndsPerSecond);
        var (_, used) = await Usage.OfAsync(async () =>
        {
            await Task.WhenAll(waits);
            return true;
        });
        var latencies = Percentiles(await LatenciesAsync(client, returned));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20} {EndsPerSecond:N0} ends/s: write of the end to its return {latencies}; {used.Cores:N2} cores"));
        await host.StopAsync();
    }

    private static async Task MeasureKillAsync()
    {
        await using var server = await PostgresServer.StartAsync(durable: true);
        var database = await server.CreateDatabaseAsync();
        await using var platform = await StartedPlatform.StartAsync();
        var silos = new List<ClientSilo>();
        try
        {
            for (var number = 0; number < 3; number++)
            {
                silos.Add(await ClientSilo.StartAsync(platform.Address, database));
            }

            using var host = await ConnectAsync([.. silos.Select(silo => silo.Cluster)]);
            var client = host.Services.GetRequiredService<IVigilClient>();
            var handles = await StartAsync(client, KillHandles);
            var returned = new ConcurrentDictionary<string, DateTimeOffset>();
            var waits = handles.Select(handle => ReturnedAsync(handle, (waiting, cancellationToken) => waiting.WaitAsync(cancellationToken), returned)).ToArray();
            await platform.EndAsync(0, KillEndsPerSecond);
            await Task.Delay(KillAfter, TimeProvider.System);
            silos[0].Kill();
            var killed = TimeProvider.System.GetUtcNow();
            await Task.WhenAll(waits);
            var latencies = await LatenciesAsync(client, returned);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"one of three silos killed, {KillHandles:N0} waiting, {KillEndsPerSecond:N0} ends/s: write of the end to its return {Percentiles(latencies)}, longest {latencies.Max():N0} ms; "
                + $"the last returned {(returned.Values.Max() - killed).TotalSeconds:N1} s after the kill"));
            await host.StopAsync();
        }
        finally
        {
            silos.ForEach(silo => silo.Dispose());
        }
    }

    private static async Task<IHost> ConnectAsync(IPEndPoint[] silos, CountedCalls? calls = null)
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .UseOrleansClient(client =>
            {
                client.UseStaticClustering(silos);
                if (silos.Length > 1)
                {
                    client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("vigil", "vigil"));
                }

                if (calls is not null)
                {
                    client.AddOutgoingGrainCallFilter(calls);
                }
            })
            .ConfigureServices(services => services.AddVigilClient())
            .Build();
        await host.StartAsync();
        return host;
    }

    private static Task<IHost> ConnectAsync(IPEndPoint silo, CountedCalls? calls = null) => ConnectAsync([silo], calls);

    private static async Task<ExecutionHandle[]> StartAsync(IVigilClient client, int count)
    {
        var ids = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), Parallelism, async (_, cancel) => ids.Add((await client.StartAsync(Request, cancellationToken: cancel)).Id));
        await Parallel.ForEachAsync(ids, Parallelism, async (id, cancel) =>
        {
            var execution = await client.GetAsync(id, cancel);
            while (execution.RemoteId is null)
            {
                execution = await client.WaitAsync(id, RequestLimits.MaxWait, execution.Version, cancel);
            }
        });

        // New handles, which have seen nothing yet, as those of a program that was started again.
        return [.. ids.Select(client.GetHandle)];
    }

    private static async Task ReturnedAsync(
        ExecutionHandle handle, Func<ExecutionHandle, CancellationToken, Task<Execution>> waitAsync, ConcurrentDictionary<string, DateTimeOffset> returned)
    {
        await waitAsync(handle, CancellationToken.None);
        returned[handle.Id] = TimeProvider.System.GetUtcNow();
    }

    // The obvious alternative: the caller's own loop.
    private static async Task<Execution> PollAsync(ExecutionHandle handle, CancellationToken cancellationToken)
    {
        await Task.Delay(PollInterval * Random.Shared.NextDouble(), TimeProvider.System, cancellationToken);
        while (true)
        {
            var execution = await handle.GetAsync(cancellationToken);
            if (execution.Terminal)
            {
                return execution;
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Returns the milliseconds from each stored end until its handle returned; all clocks are this machine's.</summary>
    private static async Task<List<double>> LatenciesAsync(IVigilClient client, ConcurrentDictionary<string, DateTimeOffset> returned)
    {
        var latencies = new List<double>();
        await foreach (var ended in client.ObserveAsync(new EventFilter { Types = [ExecutionEventTypes.Ended] }, afterSeq: 0))
        {
            latencies.Add((returned[ended.Execution.Id] - ended.At).TotalMilliseconds);
            if (latencies.Count == returned.Count)
            {
                break;
            }
        }

        return latencies;
    }

    private static string Percentiles(List<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return string.Create(CultureInfo.InvariantCulture, $"p50 {sorted[sorted.Length / 2]:N1} ms, p99 {sorted[sorted.Length * 99 / 100]:N1} ms");
    }
}
