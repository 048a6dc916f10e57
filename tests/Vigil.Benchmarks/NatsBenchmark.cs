using System.Diagnostics;
using System.Net.Http.Json;
using NATS.Client.Core;
using Vigil.Platforms;
using Vigil.Platforms.Manifest;
using Vigil.Testing;

namespace Vigil.Benchmarks;

/// <summary>What does it cost to listen to many runs on a real nats-server, each run's subjects by themselves or everybody's by wildcard?</summary>
internal static class NatsBenchmark
{
    private const int MessagesPerTick = 20;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Dead = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var runs = arguments is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 10_000;
        if (NatsServer.Program is null)
        {
            Console.WriteLine("nats-server is not installed.");
            return 0;
        }

        Console.WriteLine($"{runs:N0} runs of two subjects; {MessagesPerTick / Tick.TotalSeconds:N0} messages a second; the server is away for {Dead.TotalSeconds:N0} s");
        await MeasureAsync("per_run", 100, 200);
        Result[] results = [await MeasureAsync("per_run", runs, 2 * runs), await MeasureAsync("wildcard", runs, 2)];
        Console.WriteLine($"| what | {string.Join(" | ", results.Select(result => result.Subscriptions))} |");
        Console.WriteLine("|---|---|---|");
        foreach (var (what, value) in Rows)
        {
            Console.WriteLine($"| {what} | {string.Join(" | ", results.Select(value))} |");
        }

        return results.All(result => result.Heard == runs && result.HeardAgain == runs) ? 0 : 1;
    }

    private static (string What, Func<Result, string> Value)[] Rows { get; } =
    [
        ("memory", result => $"{result.Bytes / 1024.0 / 1024:N1} MiB"),
        ("CPU to subscribe", result => $"{result.Cpu.TotalSeconds:N2} s"),
        ("all subscribed after", result => $"{result.Subscribed.TotalSeconds:N2} s"),
        ("from publish to hint, p50", result => $"{result.P50.TotalMilliseconds:N1} ms"),
        ("from publish to hint, p99", result => $"{result.P99.TotalMilliseconds:N1} ms"),
        ("heard", result => $"{result.Heard:N0}"),
        ("all subscribed again after the server's restart", result => $"{result.Back.TotalSeconds:N2} s"),
        ("heard after it", result => $"{result.HeardAgain:N0}"),
        ("closed while the server is away", result => $"{result.Closed.TotalSeconds:N2} s"),
    ];

    private static async Task<Result> MeasureAsync(string subscriptions, int runs, int expected)
    {
        var monitorPort = NatsServer.FreePort();
        await using var server = await NatsServer.StartAsync("-m", $"{monitorPort}");
        using var monitor = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{monitorPort}") };
        await using var publisher = new NatsConnection(new() { Url = server.Address, RequestReplyMode = NatsRequestReplyMode.SharedInbox });
        await publisher.ConnectAsync();
        using var http = new HttpClient();
        var connection = new ManifestPlatform([]).Connect(OptionsFor(server, subscriptions), http, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var heard = new long[runs];

        var bytes = GC.GetTotalMemory(forceFullCollection: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        var listeners = Enumerable.Range(0, runs).Select(run => ListenAsync(connection, run, heard, stop.Token)).ToArray();
        await WaitForSubscriptionsAsync(monitor, expected);
        var subscribed = Stopwatch.GetElapsedTime(began);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        bytes = GC.GetTotalMemory(forceFullCollection: true) - bytes;

        var lags = await PublishAsync(publisher, heard);
        await server.KillAsync();
        await Task.Delay(Dead, TimeProvider.System);
        await server.StartAgainAsync();
        began = Stopwatch.GetTimestamp();
        await WaitForSubscriptionsAsync(monitor, expected);
        var back = Stopwatch.GetElapsedTime(began);
        var again = await PublishAsync(publisher, heard);

        await server.KillAsync();
        began = Stopwatch.GetTimestamp();
        await stop.CancelAsync();
        await Task.WhenAll(listeners);
        await connection.DisposeAsync();
        var closed = Stopwatch.GetElapsedTime(began);
        return new(
            subscriptions, bytes, cpu, subscribed, lags[lags.Length / 2], lags[lags.Length * 99 / 100], lags.Length, back, again.Length, closed);
    }

    private static ConnectionOptions OptionsFor(NatsServer server, string subscriptions) => new()
    {
        Name = "benchmark",
        Platform = "manifest",
        BaseAddress = new Uri("http://127.0.0.1:1"),
        Credential = "fl_benchmark",
        Settings = { ["nats_url"] = server.Address, ["nats_subscriptions"] = subscriptions },
    };

    private static async Task ListenAsync(IPlatformConnection connection, int run, long[] heard, CancellationToken stop)
    {
        try
        {
            await foreach (var hint in connection.ListenAsync(new RemoteRun($"run-{run}"), stop))
            {
                if (hint.IsMessage)
                {
                    Volatile.Write(ref heard[run], Stopwatch.GetTimestamp());
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end of every subscription.
        }
    }

    /// <summary>Asks the server itself how many subscriptions it holds for the client.</summary>
    private static async Task WaitForSubscriptionsAsync(HttpClient monitor, int expected)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        while (true)
        {
            var connections = (await monitor.GetFromJsonAsync<JsonElement>("connz", timeout.Token)).GetProperty("connections").EnumerateArray();
            if (connections.Any(one => one.TryGetProperty("name", out var name) && name.GetString() == "vigil" && one.GetProperty("subscriptions").GetInt32() == expected))
            {
                return;
            }

            await Task.Delay(Tick, TimeProvider.System, timeout.Token);
        }
    }

    /// <summary>Publishes an event of each run at an even pace; returns how long each took to become a hint, sorted.</summary>
    private static async Task<TimeSpan[]> PublishAsync(NatsConnection publisher, long[] heard)
    {
        Array.Clear(heard);
        var sent = new long[heard.Length];
        using var ticks = new PeriodicTimer(Tick);
        for (var run = 0; run < sent.Length; run++)
        {
            if (run % MessagesPerTick == 0)
            {
                await ticks.WaitForNextTickAsync();
            }

            sent[run] = Stopwatch.GetTimestamp();
            await publisher.PublishAsync($"exec.events.run-{run}", "{}"u8.ToArray());
        }

        var began = Stopwatch.GetTimestamp();
        while (heard.AsSpan().Contains(0) && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10))
        {
            await ticks.WaitForNextTickAsync();
        }

        return [.. sent.Zip(heard).Where(run => run.Second > 0).Select(run => Stopwatch.GetElapsedTime(run.First, run.Second)).Order()];
    }

    private sealed record Result(
        string Subscriptions, long Bytes, TimeSpan Cpu, TimeSpan Subscribed, TimeSpan P50, TimeSpan P99, int Heard, TimeSpan Back, int HeardAgain, TimeSpan Closed);
}
