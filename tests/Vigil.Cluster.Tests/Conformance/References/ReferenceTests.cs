using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.References;

/// <summary>A reference means the same grain wherever it travels.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class ReferenceTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Reference_ToItself_IsTheCallersReference()
    {
        var grain = cluster.NewGrain<IReferenceGrain>();

        Assert.Equal(grain, await grain.GetSelfAsync());
    }

    [Fact]
    public async Task Reference_ThereAndBack_IsEqual()
    {
        var (grain, other) = (cluster.NewGrain<IReferenceGrain>(), cluster.NewGrain<IReferenceGrain>());

        var echo = await grain.EchoAsync(other);

        Assert.Equal(other, echo);
        Assert.Equal(other.GetPrimaryKeyString(), await echo!.GetKeyAsync());
        Assert.Null(await grain.EchoAsync(null));
    }

    [Fact]
    public async Task References_AreKeysOfADictionary()
    {
        var grains = Enumerable.Range(0, 5).ToDictionary(_ => cluster.NewGrain<IReferenceGrain>());

        Assert.Equal(grains, await cluster.NewGrain<IReferenceGrain>().EchoAllAsync(grains));
    }

    [Fact]
    public async Task GrainId_ThereAndBackAndThroughText_IsEqual()
    {
        var grain = cluster.NewGrain<IReferenceGrain>();
        var id = grain.GetGrainId();

        Assert.Equal(id, await grain.EchoIdAsync(id));
        Assert.Equal(id, GrainId.Parse(id.ToString()));
        Assert.Equal(grain.GetPrimaryKeyString(), id.Key.ToString());
        Assert.Equal(grain.GetPrimaryKeyString(), await cluster.Client.GetGrain<IReferenceGrain>(GrainId.Parse(id.ToString())).GetKeyAsync());
    }

    [Fact]
    public async Task Reference_GivenToAnother_IsCalledByIt()
    {
        var (grain, other) = (cluster.NewGrain<IReferenceGrain>(), cluster.NewGrain<IReferenceGrain>());

        Assert.Equal(other.GetPrimaryKeyString(), await grain.GetKeyOfAsync(other));
    }

    [Fact]
    public async Task Grain_PassedOrReturnedInsteadOfItsReference_TravelsAsItsReference()
    {
        var (grain, other) = (cluster.NewGrain<IReferenceGrain>(), cluster.NewGrain<IReferenceGrain>());

        Assert.Equal(grain, await grain.PassThisAsync(other));
        Assert.Equal(grain, await grain.ReturnThisAsync());
    }
}
