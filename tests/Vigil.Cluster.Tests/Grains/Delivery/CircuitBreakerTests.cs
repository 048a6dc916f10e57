using Microsoft.Extensions.Time.Testing;
using Vigil.Grains.Delivery;

namespace Vigil.Cluster.Tests.Grains.Delivery;

public sealed class CircuitBreakerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Now);
    private readonly CircuitBreaker _breaker;
    private int _opened;

    public CircuitBreakerTests() => _breaker = new(_time, () => _opened++);

    [Fact]
    public async Task Failed_FewerThanFive_StaysClosed()
    {
        await FailAsync(CircuitBreaker.FailuresToOpen - 1);

        Assert.Null(await SucceedAsync());
        Assert.Equal(0, _opened);
    }

    [Fact]
    public async Task Failed_FiveInARow_LeavesAloneThenLetsOneTry()
    {
        await FailAsync(CircuitBreaker.FailuresToOpen);
        Assert.Equal(1, _opened);
        Assert.Equal(Now.AddSeconds(5), await SucceedAsync());

        _time.Advance(TimeSpan.FromSeconds(5));
        DateTimeOffset? other = null;
        Assert.Null(await _breaker.TryAsync(async () => other = await SucceedAsync()));
        Assert.NotNull(other);
    }

    [Fact]
    public async Task Failed_TheOneThatTries_DoublesThePause()
    {
        await FailAsync(CircuitBreaker.FailuresToOpen);
        _time.Advance(TimeSpan.FromSeconds(5));

        await FailAsync(1);

        Assert.Equal(1, _opened);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Now.AddSeconds(15), await SucceedAsync());
    }

    [Fact]
    public async Task Succeeded_AfterFailures_ClosesAtOnce()
    {
        await FailAsync(CircuitBreaker.FailuresToOpen);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await SucceedAsync());

        Assert.Null(await SucceedAsync());
    }

    [Fact]
    public async Task CountFailure_OfACallMadeWithoutIt_CountsLikeItsOwn()
    {
        await _breaker.CountFailureAsync(new InvalidOperationException());
        await FailAsync(CircuitBreaker.FailuresToOpen - 1);

        Assert.Equal(Now.AddSeconds(5), await SucceedAsync());
    }

    private Task<DateTimeOffset?> SucceedAsync() => _breaker.TryAsync(() => Task.CompletedTask);

    // A call that was cancelled has failed like any other.
    private async Task FailAsync(int times)
    {
        for (var i = 1; i <= times; i++)
        {
            await Assert.ThrowsAsync<TaskCanceledException>(() => _breaker.TryAsync(() => Task.FromException(new TaskCanceledException())));
        }
    }
}
