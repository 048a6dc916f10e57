using Vigil.Grains.Delivery;

namespace Vigil.Cluster.Tests.Grains.Delivery;

public sealed class CircuitBreakerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly CircuitBreaker _breaker = new();

    [Fact]
    public void Failed_FewerThanFive_StaysClosed()
    {
        Fail(CircuitBreaker.FailuresToOpen - 1);

        Assert.Null(_breaker.LeftAloneUntil(Now));
    }

    [Fact]
    public void Failed_FiveInARow_LeavesAloneThenLetsOneTry()
    {
        Fail(CircuitBreaker.FailuresToOpen);

        Assert.Equal(Now.AddSeconds(5), _breaker.LeftAloneUntil(Now));
        Assert.Null(_breaker.LeftAloneUntil(Now.AddSeconds(5)));
        Assert.NotNull(_breaker.LeftAloneUntil(Now.AddSeconds(5)));
    }

    [Fact]
    public void Failed_TheOneThatTries_DoublesThePause()
    {
        Fail(CircuitBreaker.FailuresToOpen);
        Assert.Null(_breaker.LeftAloneUntil(Now.AddSeconds(5)));

        Assert.False(_breaker.Failed(Now.AddSeconds(5)));

        Assert.Equal(Now.AddSeconds(15), _breaker.LeftAloneUntil(Now.AddSeconds(6)));
    }

    [Fact]
    public void Succeeded_AfterFailures_ClosesAtOnce()
    {
        Fail(CircuitBreaker.FailuresToOpen);
        Assert.Null(_breaker.LeftAloneUntil(Now.AddSeconds(5)));

        _breaker.Succeeded();

        Assert.Null(_breaker.LeftAloneUntil(Now.AddSeconds(5)));
        Assert.Null(_breaker.LeftAloneUntil(Now.AddSeconds(5)));
    }

    private void Fail(int times)
    {
        for (var i = 1; i <= times; i++)
        {
            Assert.Equal(i == CircuitBreaker.FailuresToOpen, _breaker.Failed(Now));
        }
    }
}
