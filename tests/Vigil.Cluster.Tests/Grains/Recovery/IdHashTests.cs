using Vigil.Grains.Recovery;

namespace Vigil.Cluster.Tests.Grains.Recovery;

public sealed class IdHashTests
{
    // Silos of different versions share the orphans out by this hash: these values are a contract.
    [Theory]
    [InlineData("", HashOfNothing)]
    [InlineData("run-1", HashOfRun1)]
    public void Of_KnownText_NeverChanges(string text, ulong hash) => Assert.Equal(hash, IdHash.Of(text));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void Of_SimilarIds_SpreadEvenly(int silos)
    {
        var shares = Enumerable.Range(0, 30_000).CountBy(i => IdHash.Of($"0198c2f0-{i:x8}") % (ulong)silos).ToDictionary();

        Assert.All(shares.Values, share => Assert.InRange(share, 30_000 / silos * 0.9, 30_000 / silos * 1.1));
        Assert.Equal(silos, shares.Count);
    }

    private const ulong HashOfNothing = 0x2D06800538D394C2;
    private const ulong HashOfRun1 = 0x9065911B4EE53C08;
}
