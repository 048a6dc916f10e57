using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vigil.Client;

namespace Vigil.Benchmarks;

/// <summary>
/// Whom does a platform hold up that takes three seconds for each answer? A deadline that passes meanwhile, callers that ask for the execution, and
/// the cadence of its own polls.
/// </summary>
internal static class SlowPlatformBenchmark
{
    private const int Tries = 9;
    private const int Polls = 12;
    private static readonly TimeSpan Fetch = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly ConcurrentQueue<long> Asked = new();

    public static async Task<int> RunAsync()
    {
        Console.WriteLine($"{Environment.ProcessorCount} cores; each answer about a run takes {Fetch.TotalSeconds:0} s, the cadence is 2 s");
        var folder = Directory.CreateDirectory($"vigil-benchmark-{Guid.NewGuid():N}");
        await using (var platform = await StartPlatformAsync())
        await using (var app = BenchmarkSilo.Build(folder, OptionsOf(platform.Urls.First())))
        {
            await app.StartAsync();
            var gateway = app.Services.GetRequiredService<ExecutionGateway>();
            await MeasureDeadlineAsync(gateway);
            await MeasureCallersAsync(gateway);
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
        return 0;
    }

    private static async Task MeasureDeadlineAsync(ExecutionGateway gateway)
    {
        var took = new List<double>();
        for (var i = 0; i < Tries; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var started = await gateway.StartAsync(new() { Connection = "slow", Target = new("workflow", "any"), Deadline = Deadline });
            var ended = await gateway.WaitAsync(started.Execution.Id, Limit);
            Trace.Assert(ended.Status is ExecutionStatus.Abandoned);
            took.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        took.Sort();
        Console.WriteLine($"a deadline of {Deadline.TotalSeconds:0} s    median {took[Tries / 2]:0.00} s, worst of {Tries} {took[^1]:0.00} s");
    }

    private static async Task MeasureCallersAsync(ExecutionGateway gateway)
    {
        var started = await gateway.StartAsync(new() { Connection = "slow", Target = new("workflow", "any") });
        Asked.Clear();
        var answers = new List<double>();
        while (Asked.Count < Polls)
        {
            var began = Stopwatch.GetTimestamp();
            await gateway.GetAsync(started.Execution.Id);
            answers.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        var gaps = Asked.Zip(Asked.Skip(1), (one, next) => Stopwatch.GetElapsedTime(one, next).TotalSeconds).Order().ToArray();
        answers.Sort();
        Console.WriteLine($"get meanwhile         median {answers[answers.Count / 2]:0.0} ms, worst of {answers.Count} {answers[^1]:0.0} ms");
        Console.WriteLine($"from poll to poll     median {gaps[gaps.Length / 2]:0.00} s, worst of {gaps.Length} {gaps[^1]:0.00} s");
    }

    private static Dictionary<string, string> OptionsOf(string address) => new()
    {
        ["Name"] = "slow",
        ["Platform"] = "gloriamundo",
        ["BaseAddress"] = address,
        ["Credential"] = "any",
        ["Cadence"] = "00:00:02",
    };

    private static async Task<WebApplication> StartPlatformAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var runs = 0;
        app.MapPost("/api/v1/workflows/{id}/execute", () => Json($$"""{"run_id":"r{{Interlocked.Increment(ref runs)}}","status":"running"}"""));
        app.MapGet("/api/v1/runs/{id}/status", async (string id, CancellationToken cancellationToken) =>
        {
            Asked.Enqueue(Stopwatch.GetTimestamp());
            await Task.Delay(Fetch, TimeProvider.System, cancellationToken);
            return Json($$"""{"run_id":"{{id}}","status":"running"}""");
        });
        await app.StartAsync();
        return app;
    }

    private static IResult Json(string body) => Results.Text(body, "application/json", Encoding.UTF8);
}
