using System.Diagnostics;

namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>For what nobody announces: looks again until it is so.</summary>
internal static class Eventually
{
    public static Task Async(Func<bool> condition, string what) => Async(() => Task.FromResult(condition()), what);

    public static async Task Async(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience.Long, $"Within {Patience.Long.TotalSeconds} s it was never so that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
