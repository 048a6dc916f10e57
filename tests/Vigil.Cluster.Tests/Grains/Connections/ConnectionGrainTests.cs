using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Connections;

[Collection(AloneCollection.Name)]
public sealed class ConnectionGrainTests
{
    [Fact]
    public async Task Suspend_OutlivesARestart()
    {
        await using var cluster = await VigilCluster.StartAsync();
        Assert.False((await Grain(cluster).GetAsync()).Suspended);

        var suspended = await Grain(cluster).SuspendAsync("paused");
        cluster.Time.Forward(TimeSpan.FromSeconds(1));
        var again = await Grain(cluster).SuspendAsync("another reason");
        await cluster.RestartAsync();
        var restarted = await Grain(cluster).GetAsync();
        var resumed = await Grain(cluster).ResumeAsync();

        Assert.Equal((true, "paused"), (suspended.Suspended, suspended.Reason));
        Assert.Equal(suspended, again);
        Assert.Equal(suspended, restarted);
        Assert.Equal(new ConnectionHealth(Suspended: false), resumed);
    }

    private static IConnectionGrain Grain(VigilCluster cluster) => cluster.Grains.GetGrain<IConnectionGrain>("connection/other");
}
