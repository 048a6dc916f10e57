namespace Vigil.Tests;

public sealed class BackoffTests
{
    private static readonly Backoff Doubling = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(int.MaxValue, 30)]
    public void Delay_GrowsToTheLimit(int failures, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Doubling.Delay(failures));

    [Theory]
    [InlineData(0, 4)]
    [InlineData(0.5, 6)]
    [InlineData(1, 8)]
    public void Delay_Chance_SpreadsBetweenHalfAndTheWhole(double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Doubling.Delay(4, chance));

    [Fact]
    public void Delay_OwnFactorAndJitter_AreUsed()
    {
        var tripling = Doubling with { Factor = 3, MinJitter = 0.75, MaxJitter = 1.25 };

        Assert.Equal(TimeSpan.FromSeconds(9 * 1.25), tripling.Delay(3, chance: 1));
        Assert.Equal(TimeSpan.FromSeconds(30 * 0.75), tripling.Delay(5, chance: 0));
    }

    [Fact]
    public void Delay_BaseAboveTheLimit_IsTheLimit() => Assert.Equal(TimeSpan.FromSeconds(30), (Doubling with { Base = TimeSpan.FromMinutes(1) }).Delay(1));

    [Fact]
    public void Delay_SeededRandom_IsTheSameAgain() => Assert.Equal(Doubling.Delay(4, new Random(7)), Doubling.Delay(4, new Random(7)));
}
