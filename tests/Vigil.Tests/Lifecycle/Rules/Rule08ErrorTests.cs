using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule08ErrorTests
{
    [Theory]
    [InlineData(PlatformErrorKind.Transient)]
    [InlineData(PlatformErrorKind.Credential)]
    [InlineData(PlatformErrorKind.BatchRefused)]
    public void PollFailed_WhatPasses_HasNoEffect(PlatformErrorKind kind)
    {
        var life = Given.RunningFor(60);

        life.Apply(new LifecycleInput.PollFailed(1, life.Now, Given.Error(503, kind))).HasNoEffects();

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Fact]
    public void PollFailed_FinalForThisExecution_IsLostWithTheAnswerAsDetail()
    {
        var life = Given.RunningFor(60);

        life.Apply(new LifecycleInput.PollFailed(1, life.Now, Given.Error(403)));

        Assert.Equal((ExecutionStatus.Lost, new ExecutionFailure(VigilReasons.Refused, "http_403: The platform answered 403.")), (life.State.Status, life.State.Failure));
        Assert.True(life.Does<LifecycleEffect.Unwatch>());
    }

    [Fact]
    public void PollFailed_FinalButFromAnotherAttemptOrBefore_IsDropped()
    {
        var life = Given.RunningFor(60);

        life.Apply(new LifecycleInput.PollFailed(2, life.Now, Given.Error(403))).HasNoEffects();
        life.Apply(new LifecycleInput.PollFailed(1, life.Now.AddMinutes(-5), Given.Error(403))).HasNoEffects();
    }

    [Fact]
    public void PollFailed_FinalWhileWatchingStops_CancelsTheRunIfThePolicySaysSo()
    {
        var life = Given.RunningFor(20, change: request => request with { CancelOnAbandon = true });

        life.Apply(new LifecycleInput.PollFailed(1, life.Now, Given.Error(403)));

        Assert.Equal(PendingWork.CancelRemote, life.State.PendingWork);
        Assert.True(life.Does<LifecycleEffect.SendCancel>());
    }
}
