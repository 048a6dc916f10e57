using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Vigil.Benchmarks;

/// <summary>
/// A platform whose runs never change until they are told to end, in a process of its own so that its work is not counted as the silo's. It speaks as
/// <c>moderately</c>, a hundred ids a request, and as <c>gloriamundo</c>, one run a request, and measures the time between two questions about the same run.
/// </summary>
internal sealed class LivePlatform
{
    private const int MaxMilliseconds = 60_000;
    private const string Run = ""","status":"running","agentId":"a","currentStep":1,"startedAt":"2026-01-02T03:04:05Z","thoughts":[{"text":"Counting","createdAt":"2026-01-02T03:04:05Z"}]}""";
    private const string EndedRun = ""","status":"completed","agentId":"a","startedAt":"2026-01-02T03:04:05Z","agentOutput":{"answer":42}}""";
    private const string SingleRun = ""","status":"running","started_at":"2026-01-02T03:04:05Z","progress":{"current_step":1,"total_steps":5,"percentage":20,"current_step_name":"count"}}""";

    private readonly long[] _askedAt = new long[2_000_000];
    private readonly int[] _intervals = new int[MaxMilliseconds + 1];
    private int _runs;
    private int _requests;
    private Ending? _ending;

    /// <summary>Serves until the standard input ends; the first line of the output is the address.</summary>
    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        new LivePlatform().Map(app);
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private void Map(WebApplication app)
    {
        app.MapPost("/agent-executions", () => Json($$"""{"agentExecutionId":"r{{Interlocked.Increment(ref _runs)}}"{{Run}}"""));
        app.MapGet("/agent-executions", (HttpContext context) => Many(((string?)context.Request.Query["agentExecutionIds"] ?? "").Split(',')));
        app.MapGet("/agent-executions/{id}", (string id) => Json(OneOf(id)));
        app.MapPost("/api/v1/workflows/{id}/execute", () => Json($$"""{"run_id":"r{{Interlocked.Increment(ref _runs)}}"{{SingleRun}}"""));
        app.MapGet("/api/v1/runs/{id}/status", (string id) =>
        {
            Interlocked.Increment(ref _requests);
            Asked(id);
            return Json($$"""{"run_id":"{{id}}"{{SingleRun}}""");
        });
        app.MapPost("/reset", Reset);
        app.MapPost("/end", (int from, double perSecond) => _ending = new(from, perSecond, Stopwatch.GetTimestamp()));
        app.MapGet("/intervals", () => Results.Json(new { p50 = Percentile(0.5), p99 = Percentile(0.99), requests = _requests }));
    }

    private IResult Many(string[] ids)
    {
        Interlocked.Increment(ref _requests);
        return Json($"{{\"items\":[{string.Join(',', ids.Select(OneOf))}],\"pagination\":{{\"hasNextPage\":false}}}}");
    }

    private string OneOf(string id)
    {
        Asked(id);
        return $$"""{"agentExecutionId":"{{id}}"{{(_ending?.Includes(int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture)) is true ? EndedRun : Run)}}""";
    }

    private void Asked(string id)
    {
        var now = Stopwatch.GetTimestamp();
        var before = Interlocked.Exchange(ref _askedAt[int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture)], now);
        if (before != 0)
        {
            Interlocked.Increment(ref _intervals[Math.Min((int)Stopwatch.GetElapsedTime(before, now).TotalMilliseconds, MaxMilliseconds)]);
        }
    }

    private void Reset()
    {
        Array.Clear(_intervals);
        _requests = 0;
    }

    private int Percentile(double part)
    {
        var wanted = _intervals.Sum(count => (long)count) * part;
        var passed = 0L;
        return Array.FindIndex(_intervals, count => (passed += count) >= wanted);
    }

    private static IResult Json(string body) => Results.Text(body, "application/json", Encoding.UTF8);

    /// <summary>The runs end one after the other in the order in which they were started.</summary>
    /// <param name="From">The number of the first run that ends.</param>
    /// <param name="PerSecond">How many end in a second.</param>
    /// <param name="Began">When the first one ends.</param>
    private sealed record Ending(int From, double PerSecond, long Began)
    {
        public bool Includes(int run) => run >= From && run - From <= Stopwatch.GetElapsedTime(Began).TotalSeconds * PerSecond;
    }
}
