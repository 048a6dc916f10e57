namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>One silo for all tests that only need a fresh execution each.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    internal VigilCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await VigilCluster.StartAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "one silo";
}
