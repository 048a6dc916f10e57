using Vigil.Platforms;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>All simulated platforms and a silo with a connection to each, for the tests of what each lets a watcher do.</summary>
public sealed class PlatformsFixture : IAsyncLifetime
{
    internal PlatformWorld World { get; private set; } = null!;

    public async Task InitializeAsync() => World = await PlatformWorld.StartAsync(Connections);

    public async Task DisposeAsync() => await World.DisposeAsync();

    private static IEnumerable<ConnectionOptions> Connections(SimulatorHost simulator) =>
    [
        .. SimulatedConnections.ToAll(simulator),

        // What a connection's settings, or the platform's answers, make different.
        SimulatedConnections.To(simulator, "agentic", Variant.Uncancellable("agentic"), ("cancel_mutation", null)),
        SimulatedConnections.To(simulator, "agentic", Variant.Batches("agentic")),
        SimulatedConnections.To(simulator, "moderately", Variant.Uncancellable("moderately")),
        SimulatedConnections.To(simulator, "moderately", Variant.Batches("moderately")),
        SimulatedConnections.To(simulator, "moderately", Variant.Client, ("dialect", "snake_case")),
        SimulatedConnections.To(simulator, "manifest", Variant.Blind, ("find_path", null)),
    ];
}

/// <summary>Names of connections beside the usual one of each platform.</summary>
internal static class Variant
{
    /// <summary>Moderately in the words of its client, whose list knows no ids.</summary>
    public const string Client = "moderately-client";

    /// <summary>Manifest where no path is known by which a start is found.</summary>
    public const string Blind = "manifest-blind";

    public static string Uncancellable(string platform) => $"{platform}-uncancellable";

    public static string Batches(string platform) => $"{platform}-batches";
}

/// <summary>One row of the table of what each platform lets a watcher do; its tests share the platforms and the silo.</summary>
[Collection(PlatformsCollection.Name)]
public abstract class CapabilityTests(PlatformsFixture fixture)
{
    private protected PlatformWorld World { get; } = fixture.World;
}

[CollectionDefinition(Name)]
public sealed class PlatformsCollection : ICollectionFixture<PlatformsFixture>
{
    public const string Name = "simulated platforms";
}
