using Vigil.Grains.Lifecycle;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>What a watched run costs.</summary>
public sealed class MemoryTests
{
    [Fact]
    public void TrackedRun_CostsLessThanAKilobyte()
    {
        const int Count = 50_000;
        using var world = new PollerWorld();
        world.Poller.Watch(PollerWorld.Run("warm"));
        ExecutionState[] runs = [.. Enumerable.Range(0, Count).Select(i => PollerWorld.Run($"e{i}"))];

        // What one thread allocates is an upper bound of what stays, and no other test's business.
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var run in runs)
        {
            world.Poller.Watch(run);
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
        Assert.Equal(Count + 1, world.Poller.ReportOf(PollerWorld.Name).Watched);
        Assert.InRange(each, 1, 1000);
    }
}
