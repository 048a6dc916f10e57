using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule04AmbiguousStartTests
{
    [Fact]
    public void Ambiguous_PolicyFail_IsLostAndNeverSentAgain()
    {
        var life = Given.Sending().Fails(Given.NoAnswer);

        Assert.Equal((ExecutionStatus.Lost, VigilReasons.StartUnconfirmed), (life.State.Status, life.State.Failure?.Reason));
        Assert.Equal(SubmissionPhase.Closed, life.State.Submission.Phase);
        life.Crash().HasNoEffects();
        life.Claim().HasNoEffects();
    }

    [Fact]
    public void Ambiguous_PolicyResubmit_IsSentAgain()
    {
        var life = Given.Sending(new() { Policy = AmbiguousStart.Resubmit }).Fails(Given.NoAnswer);

        Assert.True(life.Does<LifecycleEffect.QueueSubmission>());
        Assert.True(life.After(60).Claim().Does<LifecycleEffect.Send>());
    }

    [Fact]
    public void Tick_WhileThePollerHoldsTheAnswer_ConcludesNothing()
    {
        var life = Given.Sending();
        life.StartIsHeld = true;

        life.After(600).Tick();
        Assert.Equal((ExecutionStatus.Submitting, SubmissionPhase.Sending), (life.State.Status, life.State.Submission.Phase));
        Assert.Equal(life.Now.AddSeconds(30), life.Effect<LifecycleEffect.WakeAt>().At);

        life.StartIsHeld = false;
        life.Tick();
        Assert.Equal((ExecutionStatus.Lost, VigilReasons.StartUnconfirmed), (life.State.Status, life.State.Failure?.Reason));
    }

    [Theory]
    [InlineData(AmbiguousStart.Fail)]
    [InlineData(AmbiguousStart.Resubmit)]
    public void Ambiguous_WithAMarker_IsLookedForWhateverThePolicy(AmbiguousStart policy)
    {
        var life = Ambiguous(policy);

        Assert.Equal(SubmissionPhase.Ambiguous, life.State.Submission.Phase);
        Assert.True(life.Does<LifecycleEffect.LookForMarker>());
    }

    [Fact]
    public void MarkerNotFound_UntilNinetySecondsAfterTheSending_ProvesNothing()
    {
        var life = Ambiguous();
        var sendBefore = life.State.Submission.SendBefore!.Value;

        life.After(300).Apply(new LifecycleInput.MarkerNotFound(sendBefore.AddSeconds(89.9))).HasNoEffects();
        life.Apply(new LifecycleInput.MarkerNotFound(sendBefore.AddSeconds(90)));

        Assert.Equal(SubmissionPhase.Queued, life.State.Submission.Phase);
        Assert.True(life.Does<LifecycleEffect.QueueSubmission>());
    }

    [Fact]
    public void Tick_WhenTheLookMayProveIt_LooksAgain()
    {
        var life = Ambiguous();
        Assert.True(life.After(59).Tick().Does<LifecycleEffect.LookForMarker>());

        life.After(41).Tick();

        Assert.True(life.Does<LifecycleEffect.LookForMarker>());
        Assert.Equal(life.State.StoredAt.AddSeconds(120), life.Effect<LifecycleEffect.WakeAt>().At);
    }

    [Fact]
    public void MarkerFound_ConfirmsTheStart()
    {
        var life = Ambiguous().After(20);

        life.Apply(new LifecycleInput.Confirmed(0, new("run-1"), life.Now, life.Now));

        Assert.Equal((ExecutionStatus.Pending, "run-1"), (life.State.Status, life.State.RemoteId));
        Assert.Equal(ExecutionEventTypes.Started, life.Reported[^1]);
    }

    [Theory]
    [InlineData(AmbiguousStart.Fail, ExecutionStatus.Lost)]
    [InlineData(AmbiguousStart.Resubmit, ExecutionStatus.Submitting)]
    public void MarkerNotFound_ForEver_FallsBackToThePolicy(AmbiguousStart policy, ExecutionStatus expected)
    {
        var life = Ambiguous(policy);

        life.Apply(new LifecycleInput.MarkerNotFound(life.Now, Given.NoAnswer));
        Assert.Equal(SubmissionPhase.Ambiguous, life.State.Submission.Phase);
        life.Apply(new LifecycleInput.MarkerNotFound(life.Now, Given.Error(403)));

        Assert.Equal(expected, life.State.Status);
    }

    [Fact]
    public void SubmitFailed_LateCertainty_EndsTheLooking()
    {
        var life = Ambiguous().After(5).Fails(Given.Error(429));

        Assert.Equal(SubmissionPhase.Queued, life.State.Submission.Phase);
        Assert.True(life.Does<LifecycleEffect.Unwatch>());
    }

    [Fact]
    public void Ambiguous_CancelWishedMeanwhile_IsNotSentAgain()
    {
        var marked = Given.Sending(Marked()).Cancel().Fails(Given.NoAnswer).After(300);
        Assert.Equal(ExecutionStatus.Cancelled, marked.Apply(new LifecycleInput.MarkerNotFound(marked.Now)).State.Status);

        var unmarked = Given.Sending(new() { Policy = AmbiguousStart.Resubmit }).Cancel().Fails(Given.NoAnswer);
        Assert.Equal(ExecutionStatus.Lost, unmarked.State.Status);
    }

    [Fact]
    public void Confirmed_AfterItWasLost_ReopensItAsAFurtherAttempt()
    {
        var life = Given.Sending().Fails(Given.NoAnswer).After(60).Confirm();

        Assert.Equal((ExecutionStatus.Pending, "run-1", 2), (life.State.Status, life.State.RemoteId, life.State.Attempt));
        Assert.Equal(ExecutionEventTypes.Reopened, life.Reported[^1]);
        Assert.True(life.Does<LifecycleEffect.Watch>());
        var outcome = Assert.Single(life.State.History);
        Assert.Equal((1, ExecutionStatus.Lost, VigilReasons.StartUnconfirmed), (outcome.Attempt, outcome.Status, outcome.Failure?.Reason));
    }

    [Fact]
    public void Confirmed_AfterItWasLost_BelievesAnEndFromBeforeTheConclusion()
    {
        var life = Given.Sending().Fails(Given.NoAnswer).After(60).Confirm();

        life.After(1).See(Given.Succeeded with { EndedAt = life.Now.AddSeconds(-50) });

        Assert.Equal((ExecutionStatus.Succeeded, 2), (life.State.Status, life.State.Attempt));
    }

    [Fact]
    public void Confirmed_AfterItWasLostWithACancellationRequested_IsCancelled()
    {
        var life = Given.Sending().Cancel().Fails(Given.NoAnswer).After(60).Confirm();

        Assert.True(life.Does<LifecycleEffect.SendCancel>());
    }

    [Fact]
    public void Confirmed_AfterItWasLostAndTheDeadlinePassed_IsRememberedAndCancelledIfThePolicySaysSo()
    {
        var life = Given.Sending(change: request => request with { CancelOnAbandon = true }).Fails(Given.NoAnswer).After(3600).Confirm();

        Assert.Equal((ExecutionStatus.Lost, "run-1", PendingWork.CancelRemote), (life.State.Status, life.State.RemoteId, life.State.PendingWork));
        Assert.True(life.Does<LifecycleEffect.SendCancel>());
    }

    [Fact]
    public void Lost_NamesWhatWasLastSeen()
    {
        var life = Given.Sending().After(2).Fails(Given.Error(303));

        Assert.Equal(
            $"Requests sent: 1, the first after {Life.Epoch:u}. Last seen at {Life.Epoch.AddSeconds(2):u}: http_303 (HTTP 303): The platform answered 303.",
            life.State.Failure?.Detail);
    }

    private static Life Marked(AmbiguousStart policy = AmbiguousStart.Fail) => new() { Policy = policy, Capabilities = new() { StartMarker = true, Cancel = true } };

    private static Life Ambiguous(AmbiguousStart policy = AmbiguousStart.Fail) => Given.Sending(Marked(policy)).Fails(Given.NoAnswer);
}
