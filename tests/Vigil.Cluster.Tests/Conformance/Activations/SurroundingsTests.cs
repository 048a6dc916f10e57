using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Activations;

/// <summary>What an activation knows of itself, and which keys there may be.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class SurroundingsTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Activation_KnowsItsContextScopeAndIdentity()
    {
        var findings = await cluster.NewGrain<ISurroundingsGrain>().GetFindingsAsync();

        Assert.Equal(7, findings.Count);
        Assert.All(findings, finding => Assert.EndsWith(": True", finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scope_EndsWithItsActivation()
    {
        var grain = cluster.NewGrain<ISurroundingsGrain>();

        await grain.DeactivateAsync();

        await cluster.JournalOf(grain).HasAsync("scope disposed");
    }

    [Theory]
    [InlineData("with/slash/")]
    [InlineData("with space and\ttab")]
    [InlineData("Ünïcödé 🚀")]
    [InlineData("+plus&amp=%2F#hash?")]
    [InlineData("ABC")]
    [InlineData("abc")]
    [InlineData("0000000000000000000000000000000a")]
    public async Task Key_OfAnyCharacters_IsKept(string key)
    {
        var grain = cluster.Client.GetGrain<ISurroundingsGrain>(key);

        Assert.Equal(key, await grain.GetKeySeenByConstructorAsync());
        Assert.Equal(key, grain.GetPrimaryKeyString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Key_Blank_IsRefused(string key) =>
        Assert.Throws<ArgumentException>(() => cluster.Client.GetGrain<ISurroundingsGrain>(key));

    [Fact]
    public void Key_Null_IsRefused() =>
        Assert.Throws<ArgumentNullException>(() => cluster.Client.GetGrain<ISurroundingsGrain>((string)null!));

    [Fact]
    public void Interface_WithoutAGrain_IsRefused() =>
        Assert.Throws<ArgumentException>(() => cluster.Client.GetGrain<INobodysGrain>("key"));

    [Fact]
    public async Task SecondFace_ByGrainIdAndByCast_IsTheSameGrain()
    {
        var grain = cluster.NewGrain<ISurroundingsGrain>();

        var byId = cluster.Client.GetGrain<ISecondFaceGrain>(grain.GetGrainId());
        var byCast = grain.AsReference<ISecondFaceGrain>();

        Assert.Equal(grain.GetPrimaryKeyString(), await byId.GetKeyAsync());
        Assert.Equal(grain.GetPrimaryKeyString(), await byCast.GetKeyAsync());
        Assert.Equal(grain.GetGrainId(), byCast.GetGrainId());
    }

    [Fact]
    public void References_ToOneGrain_AreEqual()
    {
        var key = ConformanceCluster.NewKey();
        var (one, same, other) = (Reference(key), Reference(key), Reference(ConformanceCluster.NewKey()));

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, other);

        ISurroundingsGrain Reference(string name) => cluster.Client.GetGrain<ISurroundingsGrain>(name);
    }
}

/// <summary>An interface that no class implements.</summary>
[Alias("conformance.INobodysGrain")]
internal interface INobodysGrain : IGrainWithStringKey;
