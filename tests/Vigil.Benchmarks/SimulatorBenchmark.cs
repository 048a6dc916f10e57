using System.Diagnostics;
using System.Net.Http.Json;
using Vigil.Simulator;

namespace Vigil.Benchmarks;

/// <summary>How many scripted runs does one simulator hold, and what do they cost? Started and asked about over HTTP, a hundred ids a request.</summary>
internal static class SimulatorBenchmark
{
    private const int Starters = 16;
    private const int RunsPerRequest = 100;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var runs = arguments is [var text] ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 100_000;
        await using var simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient with { LedgerCapacity = 10_000 });
        simulator.Platforms.Scripts.Set(null, "drawn", StockScripts.Ok with
        {
            Steps = [.. StockScripts.Ok.Steps.Select(step => step with { Duration = new() { Seconds = 20, Distribution = DurationDistribution.Exponential } })],
        });
        using var http = new HttpClient { BaseAddress = simulator.AddressOf("moderately") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "any");
        await StartAsync(http, 1_000);
        simulator.Platforms.Reset();

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = Stopwatch.GetTimestamp();
        var ids = await StartAsync(http, runs);
        var started = Stopwatch.GetElapsedTime(began);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)runs;
        Console.WriteLine($"{runs:N0} runs of five drawn steps: {bytes:N0} bytes each ({bytes * runs / 1024 / 1024:N0} MiB), started at {runs / started.TotalSeconds:N0}/s");

        began = Stopwatch.GetTimestamp();
        var told = 0;
        foreach (var some in ids.Chunk(RunsPerRequest))
        {
            var page = await http.GetFromJsonAsync<JsonElement>(new Uri($"agent-executions?teamIds=t&agentExecutionIds={string.Join(',', some)}&pageSize={RunsPerRequest}", UriKind.Relative));
            told += page.GetProperty("items").GetArrayLength();
        }

        Console.WriteLine($"{told:N0} of them told, {RunsPerRequest} a request, by one caller: {told / Stopwatch.GetElapsedTime(began).TotalSeconds:N0} runs/s");
        return told == runs ? 0 : 1;
    }

    private static async Task<string[]> StartAsync(HttpClient http, int runs)
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, Starters).Select(starter => Task.Run(async () =>
        {
            List<string> mine = [];
            for (var i = starter; i < runs; i += Starters)
            {
                using var answer = await http.PostAsJsonAsync(new Uri("agent-executions?teamIds=t", UriKind.Relative), new { agent_id = "drawn" });
                mine.Add((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("agentExecutionId").GetString()!);
            }

            return mine;
        })));
        return [.. ids.SelectMany(some => some)];
    }
}
