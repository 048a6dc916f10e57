using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule12RetryTests
{
    [Fact]
    public void Retry_Failed_OpensAFurtherAttemptAndKeepsHistory()
    {
        var ended = Given.Ended();
        var life = ended.After(20).Apply(new LifecycleInput.Retry());

        Assert.Equal(ExecutionEventTypes.Reopened, life.Effect<LifecycleEffect.Persist>().EventType);
        Assert.True(life.Does<LifecycleEffect.QueueSubmission>());
        Assert.Equal((2, ExecutionStatus.Submitting, "run-1", null), (life.State.Attempt, life.State.Status, life.State.RemoteId, life.State.Failure));
        var before = Assert.Single(life.State.History);
        Assert.Equal((1, ExecutionStatus.Failed, "boom"), (before.Attempt, before.Status, before.Failure?.Reason));
    }

    [Fact]
    public void Retry_IsClaimedLikeAStart()
    {
        var life = Given.Retried().After(1).Claim();

        Assert.True(life.Does<LifecycleEffect.Send>());
        Assert.Equal((true, 2), (life.State.Submission.IsRetry, life.State.Submission.Claims));
        Assert.Equal(SubmissionPhase.Confirmed, life.After(1).Confirm().State.Submission.Phase);
    }

    [Fact]
    public void Retry_TheStartsLateConfirmation_DoesNotConfirmIt()
    {
        var life = Given.Retried();
        life.Apply(new LifecycleInput.Confirmed(1, new("run-1"), life.Now, life.Now)).HasNoEffects();

        life.Claim().Apply(new LifecycleInput.Confirmed(1, new("run-1"), life.Now, life.Now)).HasNoEffects();
    }

    [Fact]
    public void Retry_Ambiguous_IsSettledByTheRunItself()
    {
        var life = Given.Retried().Claim().Fails(Given.NoAnswer);
        Assert.Equal((SubmissionPhase.Ambiguous, true), (life.State.Submission.Phase, life.Does<LifecycleEffect.Watch>()));

        life.After(2).See(Given.Running);

        Assert.Equal((ExecutionStatus.Running, SubmissionPhase.Confirmed), (life.State.Status, life.State.Submission.Phase));
        Assert.Equal(ExecutionEventTypes.Started, life.Reported[^1]);
    }

    [Fact]
    public void Retry_AmbiguousAndTheOldEndStillStands_IsSentAgain()
    {
        var life = Given.Retried().Claim().Fails(Given.NoAnswer);
        life.After(69).See(OldEnd(life)).HasNoEffects();

        life.After(1).See(OldEnd(life));

        Assert.Equal(SubmissionPhase.Queued, life.State.Submission.Phase);
        Assert.True(life.Does<LifecycleEffect.QueueSubmission>());
    }

    [Fact]
    public void Retry_Refused_IsRejectedAndMayBeWishedAgain()
    {
        var life = Given.Retried().Claim().Fails(Given.Error(400));
        Assert.Equal((ExecutionStatus.Rejected, 2), (life.State.Status, life.State.Attempt));

        Assert.Equal(3, life.After(1).Apply(new LifecycleInput.Retry()).State.Attempt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Observed_TheOldEnd_IsIgnoredForAMinute(bool tellsEnd)
    {
        var life = Given.Retried().Claim().After(1).Confirm();
        var end = tellsEnd ? OldEnd(life) : Given.Failed;

        life.After(59).See(end).HasNoEffects();
        Assert.Equal(ExecutionStatus.Pending, life.State.Status);

        life.After(1).See(end);
        Assert.Equal((ExecutionStatus.Failed, 2, ExecutionEventTypes.Ended), (life.State.Status, life.State.Attempt, life.Reported[^1]));
    }

    [Fact]
    public void Observed_AnEndOfItsOwn_IsTakenAtOnce()
    {
        var life = Given.Retried().Claim().After(1).Confirm().After(2);

        life.See(Given.Failed with { EndedAt = life.Now.AddSeconds(-1) });

        Assert.Equal(ExecutionStatus.Failed, life.State.Status);
    }

    [Fact]
    public void Observed_AnyEndAfterItWasSeenAtWork_IsItsOwn()
    {
        var life = Given.Retried().Claim().After(1).Confirm().After(1).See(Given.Running).After(1).See(Given.Failed);

        Assert.Equal(ExecutionStatus.Failed, life.State.Status);
    }

    [Fact]
    public void Observed_ALaggingCopyTellsTheOldEndOnceMore_IsNotFooled()
    {
        var life = Given.Retried().Claim().After(1).Confirm().After(1).See(Given.Running).After(1);

        life.See(OldEnd(life)).HasNoEffects();

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Fact]
    public void Observed_ALaggingCopyTellsTheEndOfSomebodyElsesRetry_IsNotFooled()
    {
        var ended = Given.Ended();
        var theirs = Given.Failed with { EndedAt = ended.Now.AddSeconds(100) };
        var life = ended.After(200).Apply(new LifecycleInput.Retry()).Claim().After(1).Confirm().After(1).See(Given.Running).After(1);

        life.See(theirs).HasNoEffects();

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Theory]
    [InlineData(600.4, 599.6)]
    [InlineData(-599.6, -600.4)]
    [InlineData(600, 0)]
    public void Observed_TheOldEndByAnotherEstimateOfTheClock_IsStillTheOldEnd(double first, double second)
    {
        var running = Given.RunningFor(10);
        var told = running.Now.AddSeconds(600);
        var life = running.See(EndAt(told, first)).After(20).Apply(new LifecycleInput.Retry()).Claim().After(1).Confirm();

        life.After(1).See(EndAt(told, second)).HasNoEffects();

        static Snapshot EndAt(DateTimeOffset told, double ahead) =>
            Given.Failed with { EndedAt = told.AddSeconds(-ahead), ClockAhead = TimeSpan.FromSeconds(ahead) };
    }

    [Theory]
    [InlineData(ExecutionStatus.Succeeded)]
    [InlineData(ExecutionStatus.Abandoned)]
    public void Retry_WhatThePlatformCannotRunAgain_IsAConflict(ExecutionStatus status)
    {
        var life = status is ExecutionStatus.Abandoned ? Given.RunningFor(20).Abandon() : Given.Ended(Given.Succeeded);

        Assert.Equal("not_retryable", Assert.Throws<ExecutionConflictException>(() => life.Apply(new LifecycleInput.Retry())).Code);
    }

    [Fact]
    public void Retry_NotFinished_IsAConflict() =>
        Assert.Equal("not_finished", Assert.Throws<ExecutionConflictException>(() => Given.RunningFor(20).Apply(new LifecycleInput.Retry())).Code);

    [Fact]
    public void Retry_PastTheDeadline_IsAConflict() => Assert.Equal(
        "deadline_passed", Assert.Throws<ExecutionConflictException>(() => Given.Ended().After(7200).Apply(new LifecycleInput.Retry())).Code);

    [Fact]
    public void Retry_PlatformCannot_SaysSo() => Assert.Equal(
        "retry_not_supported",
        Assert.Throws<CommandNotSupportedException>(() => Given.Ended(life: new() { Capabilities = new() }).Apply(new LifecycleInput.Retry())).Code);

    [Fact]
    public void Retry_AskedAgainWhileItIsOnItsWay_IsNoError()
    {
        var life = Given.Retried();

        life.After(5).Apply(new LifecycleInput.Retry()).HasNoEffects();
        Assert.Equal(2, life.State.Attempt);
    }

    [Fact]
    public void Retry_WithTheDetailStillMissing_RecordsThatNobodyNeedsItNow()
    {
        var life = Given.RunningFor(20).See(Given.Failed with { Partial = true }).After(1).Apply(new LifecycleInput.Retry());

        Assert.Equal((PendingWork.Detail, VigilReasons.Reopened), (Assert.Single(life.State.GivenUp).Work, life.State.GivenUp[0].Reason));
    }

    [Fact]
    public void Cancel_RetryQueued_EndsTheAttemptWithoutSending()
    {
        var life = Given.Retried().Cancel();

        Assert.Equal((ExecutionStatus.Cancelled, 2), (life.State.Status, life.State.Attempt));
        life.Claim().HasNoEffects();
    }

    [Fact]
    public void Nudge_Finished_CausesOneLookThatMayOpenAnAttempt()
    {
        var life = Given.Ended().After(5).Apply(new LifecycleInput.Nudge());
        Assert.Equal([new LifecycleEffect.Recheck()], life.Effects);

        life.After(1).See(Given.Running, single: true);

        Assert.Equal((2, ExecutionStatus.Running, ExecutionEventTypes.Reopened), (life.State.Attempt, life.State.Status, life.Reported[^1]));
        Assert.True(life.Does<LifecycleEffect.Watch>());
    }

    [Fact]
    public void Nudge_FinishedAndNothingNew_ChangesNothing()
    {
        var life = Given.Ended().After(5).Apply(new LifecycleInput.Nudge()).After(1);

        life.See(Given.Failed, single: true).HasNoEffects();
    }

    [Fact]
    public void Observed_AtWorkAfterTheEndButNobodyAsked_IsALaggingCopy()
    {
        var life = Given.Ended().After(1);
        life.See(Given.Running, single: true).HasNoEffects();

        life.After(1).Apply(new LifecycleInput.Nudge()).See(Given.Running, sentSecondsAgo: 1, single: true).HasNoEffects();
    }

    [Fact]
    public void Retry_OfAnAdoptedRunWithoutATarget_IsPermittedByItsRunAlone()
    {
        var life = new Life();
        var look = new Observation(Given.Failed, 1, life.Now, life.Now);
        life.Apply(new LifecycleInput.Adopt("exec-1", "gloriamundo", new() { Connection = "main", RemoteId = "run-1", Deadline = TimeSpan.FromHours(1) }, "hash-1", look));

        life.After(20).Apply(new LifecycleInput.Retry()).After(1).Claim();
        var permit = life.State.Permit(input: null, options: null, life.Now);

        Assert.Null(life.State.Target);
        Assert.Equal((null, "run-1"), (permit.Request, permit.RetryOf?.RemoteId));
    }

    [Fact]
    public void Nudge_PlatformCannotRetry_CausesNoLook() => Given.Ended(life: new() { Capabilities = new() }).Apply(new LifecycleInput.Nudge()).HasNoEffects();

    private static Snapshot OldEnd(Life life) => Given.Failed with { EndedAt = life.State.History[^1].EndedAt };
}
