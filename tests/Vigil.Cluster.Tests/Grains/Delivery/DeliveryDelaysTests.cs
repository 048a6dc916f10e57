using Vigil.Grains.Delivery;

namespace Vigil.Cluster.Tests.Grains.Delivery;

public sealed class DeliveryDelaysTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 81)]
    [InlineData(50, 4 * 60 * 60)]
    public void NextAttempt_GrowsToALimit(int attempts, double seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), DeliveryDelays.NextAttempt(Now, attempts, Now, jitter: 0.5));

    [Fact]
    public void NextAttempt_Jitter_SpreadsByAQuarter()
    {
        Assert.Equal(Now.AddSeconds(0.75), DeliveryDelays.NextAttempt(Now, 1, Now, jitter: 0));
        Assert.Equal(Now.AddSeconds(1.25), DeliveryDelays.NextAttempt(Now, 1, Now, jitter: 1));
    }

    [Fact]
    public void NextAttempt_AfterThreeDays_IsNone()
    {
        Assert.NotNull(DeliveryDelays.NextAttempt(Now.AddHours(-67), 50, Now, jitter: 0.5));
        Assert.Null(DeliveryDelays.NextAttempt(Now.AddHours(-69), 50, Now, jitter: 0.5));
    }
}
