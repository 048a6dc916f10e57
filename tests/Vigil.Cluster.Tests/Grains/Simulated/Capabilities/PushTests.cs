using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Platforms;
using Vigil.Simulator;
using Vigil.Testing;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Push: manifest tells over NATS that asking would pay, so an end is known though the next poll is an hour away; the others do not push.</summary>
public sealed class PushTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [NatsFact]
    public async Task Manifest_TheEndIsKnownByAHint()
    {
        var monitor = Ports.Free();
        await using var nats = await NatsServer.StartAsync("-m", $"{monitor}");
        await using var world = await PlatformWorld.StartAsync(
            simulator => [SimulatedConnections.To(simulator, "manifest", settings: ("nats_url", nats.Address)) with { Cadence = TimeSpan.FromHours(1) }],
            SimulatorOptions.Lenient with { NatsAddress = new Uri(nats.Address) });
        Assert.True(world.Cluster.Service<PlatformConnections>().Get("manifest").Capabilities.Push);
        var target = world.Script(Scripted.Endless);
        var id = await world.StartAsync("manifest", target);
        var started = await world.StartedAsync(id);
        using var http = new HttpClient();
        await Eventually.Async(
            async () => (await http.GetStringAsync($"http://127.0.0.1:{monitor}/subsz?subs=1")).Contains(started.RemoteId!, StringComparison.Ordinal),
            "the run's subject is subscribed");

        var queries = world.Cluster.Grains.GetGrain<IQueryGrain>(IQueryGrain.Key);
        var push = (await queries.GetConnectionAsync("manifest")).Push;
        Assert.Equal(("live", 2, 0), (push.State, push.Subscribed, push.Refused));

        // Without steps the end is the first hint; those that follow closely are merged.
        world.LetEnd(target, new());
        var execution = await world.EndAsync(id);

        Assert.Equal(ExecutionStatus.Succeeded, execution.Status);
        Assert.InRange(world.TruthOf(execution).Polls, 1, 4);
    }

    [Theory]
    [InlineData("agentic")]
    [InlineData("moderately")]
    [InlineData("gloriamundo")]
    [InlineData("cognite")]
    public async Task Others_AreAskedUntilTheEnd(string platform)
    {
        Assert.False(World.Cluster.Service<PlatformConnections>().Get(platform).Capabilities.Push);
        Assert.Equal("off", (await World.Cluster.Grains.GetGrain<IQueryGrain>(IQueryGrain.Key).GetConnectionAsync(platform)).Push.State);

        Assert.Equal(ExecutionStatus.Succeeded, (await World.RunAsync(platform, Scripted.Paced(0.05))).Status);
    }
}
