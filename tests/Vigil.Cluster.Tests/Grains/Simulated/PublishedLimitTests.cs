using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>Three silos with one account keep the limits of its platform together: 60 polls and 10 starts in any minute.</summary>
public sealed class PublishedLimitTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task GloriaMundo_ThreeSilos_AreNeverRefused()
    {
        // More executions than can be started in the time, and all of them want to be polled far more often than the platform allows.
        await using var world = await PlatformWorld.StartAsync(
            simulator => [SimulatedConnections.To(simulator, "gloriamundo") with { PollsPerMinute = null, StartsPerMinute = null }], new SimulatorOptions(), silos: 3);
        var target = world.Script(Scripted.Endless);
        for (var i = 0; i < 30; i++)
        {
            await world.StartAsync("gloriamundo", target);
        }

        IReadOnlyList<LedgerRequest> requests = [];
        await Eventually.Async(
            () => (requests = world.Ledger.Requests("gloriamundo")).Count > 1 && requests[^1].At - requests[0].At > Window * 1.2,
            "the platform has been asked for longer than its window");

        Assert.DoesNotContain(requests, request => request.Status == 429);
        Assert.InRange(requests.Count(request => request.Operation == "start"), 4, 12);
        Assert.InRange(requests.Count(request => request.Operation == "status"), 10, 72);
    }
}
