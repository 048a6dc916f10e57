using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule02ClaimTests
{
    [Fact]
    public void Claim_Queued_WritesBeforeItSendsAndLimitsTheSending()
    {
        var life = Given.Accepted().After(5).Claim();

        Assert.IsType<LifecycleEffect.Persist>(life.Effects[0]);
        Assert.IsType<LifecycleEffect.Send>(life.Effects[1]);
        Assert.Equal(
            new Submission
            {
                Phase = SubmissionPhase.Sending,
                Silo = Given.Silo,
                SendBefore = life.Now.AddSeconds(10),
                FirstClaimedAt = life.Now,
                Claims = 1,
            },
            life.State.Submission);
    }

    [Fact]
    public void Claim_BySomebodyElseWhileSending_GetsNothing()
    {
        var life = Given.Sending().Claim("silo-2");

        life.HasNoEffects();
        Assert.Equal(Given.Silo, life.State.Submission.Silo);
    }

    [Fact]
    public void Claim_AgainByTheClaimant_IsANewClaimBecauseTheFirstWasNeverUsed()
    {
        var life = Given.Sending().After(3).Claim();

        Assert.True(life.Does<LifecycleEffect.Send>());
        Assert.Equal((2, life.Now.AddSeconds(10)), (life.State.Submission.Claims, life.State.Submission.SendBefore));
    }

    [Fact]
    public void Claim_BeforeItsTime_IsQueuedAgainForThen()
    {
        var life = Given.Sending().Fails(Given.Error(429, retryAfter: TimeSpan.FromSeconds(20))).After(5).Claim();

        Assert.False(life.Does<LifecycleEffect.Send>());
        Assert.Equal(life.Now.AddSeconds(15), life.Effect<LifecycleEffect.QueueSubmission>().NotBefore);
    }

    [Fact]
    public void Claim_PastTheDeadline_SendsNothing()
    {
        var life = Given.Accepted().After(3600).Claim();

        Assert.False(life.Does<LifecycleEffect.Send>());
        Assert.Equal(ExecutionStatus.Abandoned, life.State.Status);
    }

    [Fact]
    public void Woken_Queued_WasCertainlyNotSentAndIsQueued()
    {
        var life = Given.Accepted().Crash();

        Assert.True(life.Does<LifecycleEffect.QueueSubmission>());
        Assert.Equal(SubmissionPhase.Queued, life.State.Submission.Phase);
    }

    [Fact]
    public void Woken_SendingAndTheClaimantGone_IsAmbiguous()
    {
        var life = Given.Sending(Marked()).Crash(claimantIsActive: false);

        Assert.True(life.Does<LifecycleEffect.LookForMarker>());
        Assert.Equal(SubmissionPhase.Ambiguous, life.State.Submission.Phase);
    }

    [Fact]
    public void Woken_SendingAndTheClaimantAlive_WaitsForItsAnswer()
    {
        var life = Given.Sending(Marked()).Crash(claimantIsActive: true);

        Assert.Equal(SubmissionPhase.Sending, life.State.Submission.Phase);
        Assert.Equal(life.Now.AddSeconds(10 + 30 + 30), life.Effect<LifecycleEffect.WakeAt>().At);
    }

    [Fact]
    public void Tick_SendingAndNoAnswerInTime_IsAmbiguous()
    {
        var life = Given.Sending(Marked());

        Assert.Equal(SubmissionPhase.Sending, life.After(69).Tick().State.Submission.Phase);
        Assert.Equal(SubmissionPhase.Ambiguous, life.After(1).Tick().State.Submission.Phase);
    }

    [Fact]
    public void NotSent_TheClaimRanOut_IsQueuedAgain()
    {
        var life = Given.Sending().After(11).Apply(new LifecycleInput.NotSent(1));

        Assert.True(life.Does<LifecycleEffect.QueueSubmission>());
        Assert.Equal((SubmissionPhase.Queued, null), (life.State.Submission.Phase, life.State.Submission.SendBefore));
    }

    /// <summary>The report of one claim arrives again during the next: taking it would send the start twice.</summary>
    [Fact]
    public void Reports_OfAnEarlierClaim_AreDropped()
    {
        var life = Given.Sending().Fails(Given.Error(429)).After(60).Claim();

        life.Apply(new LifecycleInput.SubmitFailed(1, Given.Error(429), life.Now)).HasNoEffects();
        life.Apply(new LifecycleInput.NotSent(1)).HasNoEffects();

        Assert.Equal((SubmissionPhase.Sending, 2), (life.State.Submission.Phase, life.State.Submission.Claims));
    }

    [Fact]
    public void Confirmed_OfAnEarlierClaim_IsTrueAllTheSame()
    {
        var life = Given.Sending().Fails(Given.Error(429)).After(60).Claim();

        life.Apply(new LifecycleInput.Confirmed(1, new("run-1"), life.Now, life.Now));

        Assert.Equal(("run-1", SubmissionPhase.Confirmed), (life.State.RemoteId, life.State.Submission.Phase));
    }

    [Fact]
    public void Confirmed_First_IsOneWriteThatTellsTheStart()
    {
        var life = Given.Started();

        Assert.Equal([ExecutionEventTypes.Accepted, null, ExecutionEventTypes.Started], life.Writes);
        Assert.True(life.Does<LifecycleEffect.Watch>());
        Assert.Equal((ExecutionStatus.Pending, "run-1", life.Now), (life.State.Status, life.State.RemoteId, life.State.SubmittedAt));
    }

    [Fact]
    public void Confirmed_WithAnAnswerThatHasEnded_EndsInTheSameWrite()
    {
        var life = Given.Sending().After(1).Confirm(Given.Succeeded with { Output = "1" });

        Assert.Equal([ExecutionEventTypes.Accepted, ExecutionEventTypes.Ended], life.Reported);
        Assert.Equal((ExecutionStatus.Succeeded, "run-1"), (life.State.Status, life.State.RemoteId));
    }

    [Fact]
    public void Confirmed_Again_HasNoEffect()
    {
        var life = Given.Started();

        life.After(1).Confirm(remoteId: "run-2").HasNoEffects();

        Assert.Equal("run-1", life.State.RemoteId);
    }

    private static Life Marked() => new() { Capabilities = new() { StartMarker = true, Cancel = true } };
}
