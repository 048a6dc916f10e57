using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Client;
using Vigil.Grains.Polling;
using Vigil.Testing;

namespace Vigil.Benchmarks;

/// <summary>
/// What does it cost one silo to watch very many live executions, each asked about every 2 s, a hundred a request? Real executions over SQLite and real
/// HTTP; the platform is another process, whose work is not counted. Beside it, fewer executions asked about one by one.
/// </summary>
internal static class LiveBenchmark
{
    private const int Callers = 256;
    private const string Connection = "live";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StepsLimit = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var numbers = arguments.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var runs = numbers is [var first, ..] ? first : 100_000;
        var seconds = numbers is [_, var second] ? second : 60;
        Console.WriteLine($"{Environment.ProcessorCount} cores; each run has a running step and is asked about every 2 s; {seconds} s measured");
        await MeasureAsync("one id a request", "gloriamundo", "workflow", Math.Max(1, runs / 20), seconds);
        await MeasureAsync("100 ids a request", "moderately", "agent", runs, seconds);
        return 0;
    }

    private static async Task MeasureAsync(string name, string platform, string kind, int runs, int seconds)
    {
        var folder = Directory.CreateDirectory($"vigil-benchmark-{Guid.NewGuid():N}");
        using var process = StartPlatform();
        using var http = new HttpClient { BaseAddress = new((await process.StandardOutput.ReadLineAsync())!) };
        var time = new ShiftedTime();
        await using (var app = BenchmarkSilo.Build(folder, OptionsOf(platform, http.BaseAddress), services => services.AddSingleton<TimeProvider>(time)))
        {
            await app.StartAsync();
            var began = time.GetUtcNow();
            var before = GC.GetTotalMemory(forceFullCollection: true);
            await StartAsync(app, kind, runs);

            // A step's grain stays for a minute and a half after it was told; what is measured is the time after.
            await StepGrainsAreAsync(app, count => count == 0);
            var heap = GC.GetTotalMemory(forceFullCollection: true) - before;

            // Runs of more than ten minutes are asked about half as often. However long the start took, here they are young.
            time.Forward(began - time.GetUtcNow());
            await Task.Delay(Settling, TimeProvider.System);
            using var reset = await http.PostAsync(new Uri("reset", UriKind.Relative), content: null);
            var used = await Usage.OfAsync(TimeSpan.FromSeconds(seconds));
            var asked = await http.GetFromJsonAsync<JsonElement>(new Uri("intervals", UriKind.Relative));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-18} {runs,8:N0} live  {asked.GetProperty("requests").GetInt32() / (double)seconds,7:N0} requests/s  {used.Cores:N2} cores  "
                + $"interval p50 {asked.GetProperty("p50").GetInt32() / 1000.0:N2} s, p99 {asked.GetProperty("p99").GetInt32() / 1000.0:N2} s  "
                + $"GC {used.Collecting:P1} of the time, {used.Allocated / 1024 / 1024:N0} MiB/s, {used.Oldest} of the oldest generation  {heap / (double)runs:N0} bytes of heap each"));
            if (app.Services.GetRequiredService<SiloPoller>().ReportOf(Connection).LastError is { } error)
            {
                Console.WriteLine($"The last failed request: {error}");
            }

            await app.StopAsync();
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        folder.Delete(recursive: true);
    }

    private static Dictionary<string, string> OptionsOf(string platform, Uri address)
    {
        var options = new Dictionary<string, string>
        {
            ["Name"] = Connection,
            ["Platform"] = platform,
            ["BaseAddress"] = address.ToString(),
            ["Credential"] = "any",
            ["Cadence"] = "00:00:02",
            ["PollsPerMinute"] = "1000000",
            ["StartsPerMinute"] = "1000000",
        };
        if (platform == "moderately")
        {
            options["Settings:team_id"] = "t";
        }

        return options;
    }

    internal static Process StartPlatform() => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(LiveBenchmark).Assembly.Location, "live-platform"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static async Task StartAsync(WebApplication app, string kind, int runs)
    {
        var gateway = app.Services.GetRequiredService<ExecutionGateway>();
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, runs),
            new ParallelOptions { MaxDegreeOfParallelism = Callers },
            async (_, cancel) => await gateway.StartAsync(new() { Connection = Connection, Target = new(kind, "any") }, cancellationToken: cancel));
        var accepted = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var poller = app.Services.GetRequiredService<SiloPoller>();
        await UntilAsync(() => Task.FromResult(poller.ReportOf(Connection).Watched == runs), StartLimit, "every run is watched");
        Console.WriteLine($"{runs:N0} accepted in {accepted:N0} s, all live after {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s");
    }

    /// <summary>Waits until the number of step grains is as a condition says.</summary>
    internal static Task StepGrainsAreAsync(WebApplication app, Func<long, bool> condition)
    {
        var management = app.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        return UntilAsync(
            async () => condition((await management.GetSimpleGrainStatistics())
                .Where(statistic => statistic.GrainType.Contains("StepGrain", StringComparison.Ordinal))
                .Sum(statistic => (long)statistic.ActivationCount)),
            StepsLimit,
            "the number of step grains was right");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                throw new TimeoutException($"Within {limit} it was never so that {what}.");
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }
}
