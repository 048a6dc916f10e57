using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule10CancelTests
{
    [Fact]
    public void Cancel_Running_IsStoredAndThenPassedOn()
    {
        var life = Given.RunningFor(20).Tick().Cancel();

        Assert.Equal([new LifecycleEffect.Persist(null), new LifecycleEffect.SendCancel("enough")], life.Effects[..2]);
        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Fact]
    public void Cancel_TheOutcomeIsWhatThePlatformReports()
    {
        var life = Given.RunningFor(20).Cancel().CancelAnswered().After(2).See(Given.Succeeded);

        Assert.Equal(ExecutionStatus.Succeeded, life.State.Status);
    }

    [Theory]
    [InlineData(true, true, ExecutionStatus.Cancelled)]
    [InlineData(true, false, ExecutionStatus.Terminated)]
    [InlineData(false, true, ExecutionStatus.Terminated)]
    public void Terminated_WherePlatformsHaveOneWordForBoth_IsCancelledAfterAWish(bool oneWord, bool wished, ExecutionStatus expected)
    {
        var life = Given.RunningFor(20, new() { Capabilities = new() { Cancel = true, TerminatedMayBeCancelled = oneWord } });

        (wished ? life.Cancel() : life).After(2).See(new() { Status = ExecutionStatus.Terminated, RawStatus = "TERMINATED" });

        Assert.Equal((expected, "TERMINATED"), (life.State.Status, life.State.RawStatus));
    }

    [Fact]
    public void Cancel_Queued_EndsItWithoutSending()
    {
        var life = Given.Accepted(new() { Capabilities = new() }).Cancel();

        Assert.Equal((ExecutionStatus.Cancelled, new ExecutionFailure(VigilReasons.Cancelled, "enough")), (life.State.Status, life.State.Failure));
        Assert.Equal([new LifecycleEffect.Persist(ExecutionEventTypes.Ended), new LifecycleEffect.Unwatch()], life.Effects);
        life.Claim().HasNoEffects();
    }

    [Fact]
    public void Cancel_Sending_IsPassedOnWhenTheRunIsKnown()
    {
        var life = Given.Sending().Cancel();
        Assert.Equal([new LifecycleEffect.Persist(null)], life.Effects);

        life.After(1).Confirm();

        Assert.Equal("enough", life.Effect<LifecycleEffect.SendCancel>().Reason);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    public void Cancel_SendingAndThenNotStarted_EndsWithoutSendingAgain(int status)
    {
        var life = Given.Sending().Cancel().Fails(Given.Error(status));

        Assert.Equal(ExecutionStatus.Cancelled, life.State.Status);
        Assert.False(life.Does<LifecycleEffect.QueueSubmission>());
    }

    [Fact]
    public void Cancel_SendingAndTheClaimRanOut_EndsWithoutSendingAgain() =>
        Assert.Equal(ExecutionStatus.Cancelled, Given.Sending().Cancel().Apply(new LifecycleInput.NotSent(1)).State.Status);

    [Fact]
    public void Cancel_PlatformCannot_SaysSo()
    {
        var life = Given.RunningFor(20, new() { Capabilities = new() });

        var refusal = Assert.Throws<CommandNotSupportedException>(() => life.Cancel());

        Assert.Equal(("cancel_not_supported", "cancel"), (refusal.Code, refusal.Command));
        Assert.Null(life.State.Cancel);
    }

    [Fact]
    public void Cancel_Twice_IsNoConflict()
    {
        var life = Given.RunningFor(20).Cancel();

        life.After(1).Cancel("again").HasNoEffects();
        Assert.Equal("enough", life.State.Cancel?.Reason);

        Given.Accepted().Cancel().Cancel().HasNoEffects();
    }

    [Fact]
    public void Cancel_Finished_IsAConflict() => Assert.Throws<ExecutionFinishedException>(() => Given.Ended().Cancel());

    [Fact]
    public void Cancel_Refused_IsRecordedAndMayBeWishedAgain()
    {
        var life = Given.RunningFor(20).Cancel().CancelAnswered(Given.Error(409));
        Assert.Equal(new GivenUpWork(PendingWork.CancelRemote, life.Now, "http_409"), Assert.Single(life.State.GivenUp));
        Assert.False(life.Crash().Does<LifecycleEffect.SendCancel>());
        life.After(1).See(Given.Running);
        Assert.Equal(AttentionReasons.CancelRefused, life.State.Attention!.Reason);

        life.After(1).Cancel("please");

        Assert.Equal("please", life.Effect<LifecycleEffect.SendCancel>().Reason);
        Assert.Null(life.State.Attention);
    }

    [Fact]
    public void Cancel_Unanswered_IsPassedOnAgain()
    {
        var life = Given.RunningFor(20).Cancel().CancelAnswered(Given.NoAnswer);

        Assert.True(life.After(60).Tick().Does<LifecycleEffect.SendCancel>());
        Assert.True(life.Crash().Does<LifecycleEffect.SendCancel>());
        Assert.False(life.CancelAnswered().After(60).Tick().Does<LifecycleEffect.SendCancel>());
    }

    [Fact]
    public void CancelAnswered_OfAnEarlierAttempt_IsDropped()
    {
        var life = Given.Retried().Claim().After(1).Confirm().Cancel();

        life.Apply(new LifecycleInput.CancelAnswered(1, null));

        Assert.False(life.State.Cancel?.Acknowledged);
    }

    [Fact]
    public void Cancel_WishedButNotPassedOnWhenTheWatchingStops_StaysPending()
    {
        var life = Given.RunningFor(20).Cancel().Abandon();

        Assert.Equal(PendingWork.CancelRemote, life.State.PendingWork);
        Assert.True(life.Does<LifecycleEffect.SendCancel>());
    }
}
