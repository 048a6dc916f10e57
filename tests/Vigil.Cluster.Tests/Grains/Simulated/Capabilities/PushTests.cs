using Vigil.Platforms;
using Vigil.Simulator;
using Vigil.Testing;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Push: manifest tells over NATS that asking would pay, so an end is known long before the next poll; the others do not push.</summary>
public sealed class PushTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    private static readonly TimeSpan SlowCadence = TimeSpan.FromSeconds(60);

    // Nothing happens in it before its end, so the end is the first hint.
    private static readonly RunScript OnlyEnds = new() { Queued = new() { Seconds = 3 } };

    [NatsFact]
    public async Task Manifest_TheEndIsKnownByAHint()
    {
        await using var nats = await NatsServer.StartAsync();
        await using var world = await PlatformWorld.StartAsync(
            simulator => [SimulatedConnections.To(simulator, "manifest", settings: ("nats_url", nats.Address)) with { Cadence = SlowCadence }],
            new SimulatorOptions { NatsAddress = new Uri(nats.Address) });
        Assert.True(world.Cluster.Service<PlatformConnections>().Get("manifest").Capabilities.Push);

        var execution = await world.RunAsync("manifest", OnlyEnds);

        Assert.Equal(ExecutionStatus.Succeeded, execution.Status);
        Assert.InRange(execution.LagMs!.Value, 0, (long)SlowCadence.TotalMilliseconds / 4);
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

        Assert.Equal(ExecutionStatus.Succeeded, (await World.RunAsync(platform, Scripted.Paced(0.05))).Status);
    }
}
