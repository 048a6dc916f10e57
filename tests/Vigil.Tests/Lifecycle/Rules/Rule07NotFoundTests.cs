using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule07NotFoundTests
{
    [Fact]
    public void NotFound_WithinThirtySecondsOfTheStart_IsExpected()
    {
        var life = Given.Started().After(29).Miss();
        life.HasNoEffects();
        Assert.Null(life.State.NotFoundSince);

        life.After(1).Miss();
        Assert.Equal(life.Now, life.State.NotFoundSince);
    }

    [Fact]
    public void NotFound_First_MustBeConfirmedAlone()
    {
        var life = Given.RunningFor(60).Miss();

        Assert.Equal([new LifecycleEffect.ConfirmNotFound(life.Now.AddSeconds(30))], life.Effects);
        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Fact]
    public void NotFound_AloneAndThirtySecondsAfterTheFirst_IsLost()
    {
        var life = Given.RunningFor(60).Miss().After(30).Miss(single: true);

        Assert.Equal((ExecutionStatus.Lost, VigilReasons.NotFound), (life.State.Status, life.State.Failure?.Reason));
        Assert.Equal(ExecutionEventTypes.Ended, life.Reported[^1]);
    }

    [Theory]
    [InlineData(29.9, true)]
    [InlineData(300, false)]
    public void NotFound_TooSoonOrInABatch_ConfirmsNothing(double seconds, bool alone)
    {
        var life = Given.RunningFor(60).Miss().After(seconds).Miss(alone);

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
        Assert.True(life.Does<LifecycleEffect.ConfirmNotFound>());
    }

    [Fact]
    public void NotFound_AloneButSentBeforeTheTime_ConfirmsNothing()
    {
        var life = Given.RunningFor(60).Miss().After(31).Miss(single: true, sentSecondsAgo: 2);

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Fact]
    public void NotFound_SeenInBetween_BeginsAnew()
    {
        var life = Given.RunningFor(60).Miss().After(10).See(Given.Running).After(20).Miss(single: true);

        Assert.Equal((ExecutionStatus.Running, life.Now), (life.State.Status, life.State.NotFoundSince));
    }

    [Fact]
    public void NotFound_SeenByAnEarlierRequest_GoesOn()
    {
        var life = Given.RunningFor(60).Miss().After(1).See(Given.Running, sentSecondsAgo: 2);

        Assert.Equal(life.Now.AddSeconds(-1), life.State.NotFoundSince);
    }

    [Fact]
    public void PollFailed_NeverAdvancesTheClock()
    {
        var life = Given.RunningFor(60);
        var state = life.State;

        life.After(60).Apply(new LifecycleInput.PollFailed(1, life.Now, Given.NoAnswer)).HasNoEffects();

        Assert.Equal(state, life.State);
    }

    [Fact]
    public void NotFound_WhileARetryIsOnItsWay_SaysNothing()
    {
        var life = Given.Retried().After(600).Miss(single: true);

        life.HasNoEffects();
        Assert.Null(life.State.NotFoundSince);
    }
}
