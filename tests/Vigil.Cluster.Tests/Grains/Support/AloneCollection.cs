namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>Tests that measure time, or that start clusters of their own: one after the other, beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
