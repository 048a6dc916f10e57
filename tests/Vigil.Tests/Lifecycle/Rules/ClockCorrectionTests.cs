using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Rules;

/// <summary>The clock is set back, or a silo that runs behind takes over: what was noted lies in the future then, and nothing waits for it.</summary>
public sealed class ClockCorrectionTests
{
    private const double Hour = 3600;

    [Fact]
    public void ClockBack_ANewerAnswer_IsNotTakenForAnOlderOne()
    {
        var life = Given.RunningFor(10).After(-Hour).Tick();

        life.After(2).See(Given.Succeeded);

        Assert.Equal(ExecutionStatus.Succeeded, life.Stored!.Status);
    }

    [Fact]
    public void ClockBack_RightAfterTheStart_AnswersAreTaken()
    {
        var life = Given.Sending().After(-Hour).Confirm().After(2).See(Given.Running);

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Fact]
    public void ClockBack_WhatAnOlderAttemptWasAsked_IsStillDropped()
    {
        var life = Given.Retried().After(1).Claim().After(2).Confirm().After(-Hour);

        life.See(Given.Succeeded, attempt: 1);

        Assert.Equal((2, ExecutionStatus.Pending), (life.State.Attempt, life.State.Status));
    }

    [Fact]
    public void ClockBack_ANotFoundThatIsToldTwice_IsNotItsOwnConfirmation()
    {
        var life = Given.RunningFor(60).Miss(single: true).After(-Hour).Tick();

        life.After(1).Miss(single: true, sentSecondsAgo: -Hour);

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
        life.After(60).Miss(single: true).After(60).Miss(single: true, proof: AbsenceProof.RunFound);
        Assert.Equal(ExecutionStatus.Lost, life.State.Status);
    }

    [Fact]
    public void ClockBack_Progress_IsStoredAfterFiveSeconds()
    {
        var life = Given.RunningFor(10).After(-Hour).See(Given.Running with { Progress = new(1, 2, 50, "one") });
        var due = life.Effect<LifecycleEffect.WakeAt>().At;

        Assert.InRange((due - life.Now).TotalSeconds, 0, 5);
        life.After((due - life.Now).TotalSeconds).Tick();
        Assert.Equal(50, life.Stored!.Progress!.Percentage);
    }

    [Fact]
    public void ClockBack_AStartThatWaits_WaitsNoLongerThanTheLongestDelay()
    {
        var life = Given.Sending().Fails(Given.Error(429, PlatformErrorKind.Transient, TimeSpan.FromSeconds(20))).After(-Hour).Tick();

        life.After(61).Claim();

        Assert.Equal(SubmissionPhase.Sending, life.State.Submission.Phase);
    }

    [Fact]
    public void ClockBack_AStartThatIsLookedFor_IsLookedForFromNow()
    {
        var life = Given.Sending(new() { Capabilities = new() { StartMarker = true } }).Fails(Given.NoAnswer).After(-Hour).Tick();

        Assert.Equal(life.Now, life.State.Submission.FirstClaimedAt);
    }

    [Fact]
    public void ClocksOfSilosDiffer_AnOlderAnswer_IsStillDropped()
    {
        var life = Given.RunningFor(10).See(Given.Awaiting).After(-2);

        life.See(Given.Running, sentSecondsAgo: 1);

        Assert.Equal(ExecutionStatus.AwaitingInput, life.State.Status);
    }

    [Fact]
    public void ClockBack_AClaim_HoldsTenSecondsMore()
    {
        var life = Given.Sending().After(-Hour).Tick();

        Assert.Equal(life.Now + LifecycleLimits.SendWindow, life.State.Submission.SendBefore);
    }

    [Fact]
    public void ClockBack_ARunThatIsGone_IsConfirmedTwoMinutesLater()
    {
        var life = Given.RunningFor(60).Miss(single: true).After(-Hour).Tick().Miss(single: true);

        life.After(110).Miss(single: true, proof: AbsenceProof.RunFound);
        Assert.Equal(ExecutionStatus.Running, life.State.Status);

        life.After(11).Miss(single: true, proof: AbsenceProof.RunFound);
        Assert.Equal(ExecutionStatus.Lost, life.State.Status);
    }

    [Fact]
    public void ClockBack_TheDeadline_StaysWhereItWasPromised()
    {
        var life = Given.RunningFor(10);
        var deadline = life.State.DeadlineAt;

        life.After(-Hour).Tick();

        Assert.Equal(deadline, life.State.DeadlineAt);
    }
}
