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

    [Fact]
    public async Task Suspend_PauseOfARefusedCredential_Stays()
    {
        await using var cluster = await VigilCluster.StartAsync();
        await Grain(cluster).SuspendAsync(SuspensionReasons.CredentialRefused);

        var paused = await Grain(cluster).SuspendAsync(SuspensionReasons.Paused);
        var refusedAgain = await Grain(cluster).SuspendAsync(SuspensionReasons.CredentialRefused);

        Assert.Equal(SuspensionReasons.Paused, paused.Reason);
        Assert.Equal(paused, refusedAgain);
    }

    private static IConnectionGrain Grain(VigilCluster cluster) => cluster.Grains.GetGrain<IConnectionGrain>("connection/other");
}
