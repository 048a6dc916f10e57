using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Client;
using Vigil.Grains.Lifecycle;
using Vigil.Grains;
using Vigil.Storage.Sqlite;
using Vigil.Storage;
using Vigil.Testing;

namespace Vigil.Benchmarks;

/// <summary>
/// What does a progress write cost where one step of very many changes, beside a run of ten steps? Real grains over SQLite are told what a poll saw, one
/// change a time; nothing is polled meanwhile, and the clock is put forward so that every change is stored at once.
/// </summary>
internal static class StepsBenchmark
{
    private const int Writers = 64;
    private const int Rounds = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(6);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var executions = arguments is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 50;
        Console.WriteLine($"{Environment.ProcessorCount} cores, SQLite with synchronous=FULL; {executions:N0} executions, one step of each changes {Rounds} times, {Writers} at a time");
        await MeasureAsync(executions, steps: 10);
        await MeasureAsync(executions, steps: 1_000);
        return 0;
    }

    private static async Task MeasureAsync(int executions, int steps)
    {
        var folder = Directory.CreateDirectory($"vigil-benchmark-{Guid.NewGuid():N}");
        var time = new ShiftedTime();
        var store = DispatchProxy.Create<IVigilStore, CountedStore>();
        ((CountedStore)(object)store).Store = new SqliteStore(new() { DataFolder = folder.FullName });
        using var process = LiveBenchmark.StartPlatform();
        var address = (await process.StandardOutput.ReadLineAsync())!;
        await using (var app = BenchmarkSilo.Build(folder, OptionsOf(address), services => services.AddSingleton<TimeProvider>(time).AddSingleton<IVigilStore>(store)))
        {
            await app.StartAsync();
            var grains = await StartAsync(app, executions);
            await RoundAsync(grains, time, Snapshot(steps, changed: -1));
            await LiveBenchmark.StepGrainsAreAsync(app, count => count >= (long)executions * steps);
            var counted = (CountedStore)(object)store;
            counted.Reset();
            var (elapsed, used) = await Usage.OfAsync(async () =>
            {
                var began = Stopwatch.GetTimestamp();
                for (var round = 0; round < Rounds; round++)
                {
                    await RoundAsync(grains, time, Snapshot(steps, changed: round % steps));
                }

                return Stopwatch.GetElapsedTime(began);
            });
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{steps,6:N0} steps: {counted.Writes / elapsed.TotalSeconds,7:N0} writes/s  {used.Cores * elapsed.TotalMilliseconds / counted.Writes,6:N2} ms of a core a write  "
                + $"state {counted.StateBytes / counted.Writes,7:N0} bytes, event {counted.EventBytes / counted.Writes,7:N0} bytes a write"));
            await app.StopAsync();
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        folder.Delete(recursive: true);
    }

    private static Dictionary<string, string> OptionsOf(string address) => new()
    {
        ["Name"] = "steps",
        ["Platform"] = "gloriamundo",
        ["BaseAddress"] = address,
        ["Credential"] = "any",
        ["Cadence"] = "01:00:00",
        ["StartsPerMinute"] = "1000000",
    };

    private static async Task<IWatchedExecution[]> StartAsync(WebApplication app, int executions)
    {
        var gateway = app.Services.GetRequiredService<ExecutionGateway>();
        var factory = app.Services.GetRequiredService<IGrainFactory>();
        var grains = new IWatchedExecution[executions];
        await Parallel.ForEachAsync(Enumerable.Range(0, executions), new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (i, cancel) =>
        {
            var started = await gateway.StartAsync(new() { Connection = "steps", Target = new("workflow", "any") }, cancellationToken: cancel);
            while ((await gateway.GetAsync(started.Execution.Id, cancel)).RemoteId is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancel);
            }

            grains[i] = factory.GetGrain<IWatchedExecution>(started.Execution.Id);
        });
        return grains;
    }

    private static Task RoundAsync(IWatchedExecution[] grains, ShiftedTime time, Snapshot snapshot)
    {
        time.Forward(Interval);
        var now = time.GetUtcNow();
        return Parallel.ForEachAsync(
            grains,
            new ParallelOptions { MaxDegreeOfParallelism = Writers },
            async (grain, _) => await grain.ApplyAsync(new LifecycleInput.Observed(new(snapshot, Attempt: 1, now, now), RequestShare: 1, Polls: 1, Single: true)));
    }

    private static Snapshot Snapshot(int steps, int changed) => new()
    {
        Status = ExecutionStatus.Running,
        RawStatus = "running",
        Progress = new(changed + 1, steps, null, $"step-{changed}"),
        Steps =
        [
            .. Enumerable.Range(0, steps).Select(i => new StepSnapshot
            {
                Id = $"step-{i}",
                Name = $"Step number {i}",
                Kind = "task",
                Status = i < changed ? StepStatus.Succeeded : i == changed ? StepStatus.Running : StepStatus.Pending,
                RawStatus = i < changed ? "completed" : i == changed ? "running" : "pending",
            }),
        ],
    };
}

/// <summary>Counts what is written of executions. Public, because a proxy must not be sealed.</summary>
public class CountedStore : DispatchProxy
{
    private long _writes;
    private long _stateBytes;
    private long _eventBytes;

    public IVigilStore? Store { get; set; }

    public long Writes => _writes;

    public long StateBytes => _stateBytes;

    public long EventBytes => _eventBytes;

    public void Reset() => _writes = _stateBytes = _eventBytes = 0;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (args is [ExecutionWrite write])
        {
            Interlocked.Increment(ref _writes);
            Interlocked.Add(ref _stateBytes, write.Json.Length + write.Steps.Sum(step => (long)step.Json.Length));
            Interlocked.Add(ref _eventBytes, write.EventJson.Length);
        }

        return targetMethod!.Invoke(Store, args);
    }
}
