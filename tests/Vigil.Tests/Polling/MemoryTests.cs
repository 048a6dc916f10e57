using Vigil.Grains.Polling;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>What a watched run costs.</summary>
public sealed class MemoryTests
{
    [Fact]
    public void WatchedRun_CostsLessThanHalfAKilobyte()
    {
        const int Count = 50_000;
        using var world = new PollerWorld();
        world.Poller.Watch(PollerWorld.Run("warm"));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // The records are made here, so they are measured too; in a silo the grain shares their texts.
        for (var i = 0; i < Count; i++)
        {
            world.Poller.Watch(new WatchedRun($"execution-{i:D26}", PollerWorld.Name, new($"run-{i:D32}"), 1, ExecutionStatus.Running, default, default));
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.Equal(Count + 1, world.Poller.ReportOf(PollerWorld.Name).Watched);

        // Two ids of 36 characters take 192 bytes, and they are the grain's.
        Assert.InRange(each - 192, 100, 500);
    }
}
