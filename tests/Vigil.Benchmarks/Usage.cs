using System.Diagnostics;

namespace Vigil.Benchmarks;

/// <summary>What this process used over some time.</summary>
/// <param name="Cores">Processor time over wall time.</param>
/// <param name="Collecting">The part of the time in which the garbage collector held everything.</param>
/// <param name="Allocated">Bytes allocated a second.</param>
/// <param name="Oldest">Collections of the oldest generation.</param>
internal sealed record Usage(double Cores, double Collecting, double Allocated, int Oldest)
{
    public static async Task<Usage> OfAsync(TimeSpan length) => (await OfAsync(async () =>
    {
        await Task.Delay(length, TimeProvider.System);
        return true;
    })).Used;

    public static async Task<(T Result, Usage Used)> OfAsync<T>(Func<Task<T>> work)
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, paused, allocated, oldest) = (process.TotalProcessorTime, GC.GetTotalPauseDuration(), GC.GetTotalAllocatedBytes(), GC.CollectionCount(2));
        var began = Stopwatch.GetTimestamp();
        var result = await work();
        var elapsed = Stopwatch.GetElapsedTime(began);
        process.Refresh();
        return (result, new(
            (process.TotalProcessorTime - cpu) / elapsed,
            (GC.GetTotalPauseDuration() - paused) / elapsed,
            (GC.GetTotalAllocatedBytes() - allocated) / elapsed.TotalSeconds,
            GC.CollectionCount(2) - oldest));
    }
}
