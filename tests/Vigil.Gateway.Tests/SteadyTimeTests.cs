using Vigil.Hosting;
using Vigil.Testing;

namespace Vigil.Gateway.Tests;

public sealed class SteadyTimeTests
{
    private readonly ShiftedTime _system = new();

    [Fact]
    public async Task ClockSetBack_TimeGoesOn_AndItIsTold()
    {
        var time = new SteadyTime(_system);
        var before = time.GetUtcNow();

        _system.Set(TimeSpan.FromHours(-4));
        var after = time.GetUtcNow();

        Assert.True(after >= before);
        Assert.True(after - before < TimeSpan.FromHours(1));
        Assert.InRange(await time.SetBack, TimeSpan.FromHours(3), TimeSpan.FromHours(5));
    }

    [Fact]
    public void ClockSetForward_IsFollowed_AndNotLostWhenItIsSetBackAgain()
    {
        var time = new SteadyTime(_system);
        var before = time.GetUtcNow();

        _system.Set(TimeSpan.FromHours(4));
        var ahead = time.GetUtcNow();
        _system.Set(TimeSpan.Zero);

        Assert.True(ahead - before >= TimeSpan.FromHours(4));
        Assert.True(time.GetUtcNow() >= ahead);
    }

    [Fact]
    public void SmallCorrection_IsFollowed()
    {
        var time = new SteadyTime(_system);
        _system.Set(TimeSpan.FromSeconds(-2));

        Assert.True(time.GetUtcNow() - _system.GetUtcNow() < TimeSpan.FromSeconds(1));
        Assert.False(time.SetBack.IsCompleted);
    }
}
