using Vigil.Grains.Delivery;

namespace Vigil.Cluster.Tests.Grains.Delivery;

public sealed class GrainDestinationTests
{
    [Fact]
    public void TryParse_WhatOfWrote_ReadsIt()
    {
        var id = GrainId.Create("subscriber", "a/b:c");

        Assert.True(GrainDestination.TryParse(GrainDestination.Of(id.ToString()), out var parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData("subscriber/x")]
    [InlineData("webhook:https://example.org/")]
    [InlineData("grain:nothing")]
    [InlineData("grain:/x")]
    [InlineData("grain:x/")]
    public void TryParse_AnythingElse_IsFalse(string destination) => Assert.False(GrainDestination.TryParse(destination, out _));
}
