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
    public void PollFailed_FinalOnceOrWithoutProof_IsWaitedOut()
    {
        var life = Given.RunningFor(60).Refuse(AbsenceProof.RunFound).Refuse(AbsenceProof.RunFound).After(600).Refuse();

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Fact]
    public void PollFailed_FinalForLongWithProof_IsLostWithTheAnswerAndTheProofAsDetail()
    {
        var life = Given.RunningFor(60).Refuse().Refuse().After(120).Refuse(AbsenceProof.RunFound);

        Assert.Equal((ExecutionStatus.Lost, VigilReasons.Refused), (life.State.Status, life.State.Failure?.Reason));
        Assert.StartsWith("http_403: The platform answered 403. The platform refused to show the run in 3 polls", life.State.Failure!.Detail, StringComparison.Ordinal);
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

        life.Refuse().Refuse().After(120).Refuse(AbsenceProof.RunFound);

        Assert.Equal(PendingWork.CancelRemote | PendingWork.Reminder, life.State.PendingWork);
        Assert.True(life.Does<LifecycleEffect.SendCancel>());
    }
}
