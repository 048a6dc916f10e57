using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Vigil.Benchmarks;

/// <summary>What do a call, an activation, a timer and a tick of Orleans cost?</summary>
internal static class OrleansBenchmark
{
    private const int Callers = 64;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var count = arguments is [var first, ..] ? int.Parse(first, CultureInfo.InvariantCulture) : 100_000;
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) => silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error)));
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        var factory = cluster.GetSiloServiceProvider().GetRequiredService<IGrainFactory>();

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var grains = Enumerable.Range(0, count).Select(i => factory.GetGrain<IEmptyGrain>($"empty/{i}")).ToArray();
        var references = GC.GetTotalMemory(forceFullCollection: true);
        var activation = await MeasureAsync(() => ForEachAsync(grains, grain => grain.PingAsync()));
        var activations = GC.GetTotalMemory(forceFullCollection: true);
        Report("activations/s", count / activation.TotalSeconds);
        Report("bytes an activation", (activations - references) / (double)count);
        Report("bytes a reference", (references - before) / (double)count);

        Report("calls/s", await CallAsync(grains));

        before = GC.GetTotalMemory(forceFullCollection: true);
        await ForEachAsync(grains, grain => grain.StartTimerAsync(TimeSpan.FromHours(1)));
        Report("bytes a timer", (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count);

        await ForEachAsync(grains, grain => grain.StartTimerAsync(TimeSpan.FromSeconds(1)));
        EmptyGrain.Ticks = 0;
        var ticking = await MeasureAsync(() => Task.Delay(Length, TimeProvider.System));
        Report($"ticks/s, of {count:N0} that are due", EmptyGrain.Ticks / ticking.TotalSeconds);
        return 0;
    }

    private static async Task<double> CallAsync(IEmptyGrain[] grains)
    {
        var end = Stopwatch.GetTimestamp() + (long)(Length.TotalSeconds * Stopwatch.Frequency);
        var counts = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            var calls = 0;
            while (Stopwatch.GetTimestamp() < end)
            {
                await grains[random.Next(grains.Length)].PingAsync();
                calls++;
            }

            return calls;
        })));
        return counts.Sum() / Length.TotalSeconds;
    }

    private static Task ForEachAsync(IEmptyGrain[] grains, Func<IEmptyGrain, Task> action) =>
        Parallel.ForEachAsync(grains, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (grain, _) => await action(grain));

    private static async Task<TimeSpan> MeasureAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start);
    }

    private static void Report(string what, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-40} {value,12:N0}"));
}
