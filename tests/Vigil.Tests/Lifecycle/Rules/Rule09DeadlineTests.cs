using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule09DeadlineTests
{
    private static readonly PlatformCapabilities Marked = new() { Cancel = true, StartMarker = true };

    [Fact]
    public void Deadline_CountsFromAcceptanceOverAllAttempts()
    {
        var life = Given.Retried();

        Assert.Equal(Life.Epoch.AddHours(1), life.State.DeadlineAt);
    }

    [Fact]
    public void Tick_AtTheDeadline_Abandons()
    {
        var life = Given.RunningFor(20);
        Assert.Equal(ExecutionStatus.Running, life.After(3578).Tick().State.Status);

        life.After(1).Tick();

        Assert.Equal((ExecutionStatus.Abandoned, VigilReasons.Deadline, life.Now), (life.State.Status, life.State.Failure?.Reason, life.State.EndedAt));
        Assert.Equal(ExecutionEventTypes.Ended, life.Reported[^1]);
        Assert.True(life.Does<LifecycleEffect.Unwatch>());
    }

    [Fact]
    public void Woken_AfterTheDeadline_PollsOnceMoreBeforeItAbandons()
    {
        var life = Given.RunningFor(20).After(7200).Crash();
        Assert.Equal((false, true), (life.State.Status.IsTerminal(), life.Does<LifecycleEffect.Watch>()));
        Assert.Equal(life.Now.AddSeconds(30), life.Effect<LifecycleEffect.WakeAt>().At);

        Assert.Equal(ExecutionStatus.Abandoned, life.After(30).Tick().State.Status);
    }

    [Fact]
    public void Woken_AfterTheDeadlineOfARunThatEndedInTime_EndsAsThePlatformSays()
    {
        var life = Given.RunningFor(20).After(7200).Crash().After(2);

        Assert.Equal(ExecutionStatus.Succeeded, life.See(Given.Succeeded with { EndedAt = Life.Epoch.AddSeconds(60) }).State.Status);
    }

    [Fact]
    public void Tick_AtTheDeadlineWhileThePollerReportsTheEnd_Waits()
    {
        var life = Given.RunningFor(3600);
        life.EndIsHeld = true;
        Assert.Equal((ExecutionStatus.Running, life.Now.AddSeconds(30)), (life.Tick().State.Status, life.Effect<LifecycleEffect.WakeAt>().At));

        life.EndIsHeld = false;
        Assert.Equal(ExecutionStatus.Abandoned, life.After(30).Tick().State.Status);
    }

    [Fact]
    public void Alarm_WhileNothingElseIsDue_IsTheDeadline()
    {
        var life = Given.RunningFor(20).Tick();

        Assert.Equal(life.State.DeadlineAt, life.Effect<LifecycleEffect.WakeAt>().At);
    }

    [Theory]
    [InlineData(true, true, PendingWork.CancelRemote)]
    [InlineData(false, true, PendingWork.None)]
    [InlineData(true, false, PendingWork.None)]
    public void Abandon_ARunThatMayGoOn_CancelsItIfThePolicyAndThePlatformLetIt(bool policy, bool capability, PendingWork expected)
    {
        var life = Given.RunningFor(20, new() { Capabilities = new() { Cancel = capability } }, request => request with { CancelOnAbandon = policy }).Abandon();

        Assert.Equal(expected, life.State.PendingWork);
        Assert.Equal(expected != PendingWork.None, life.Does<LifecycleEffect.SendCancel>());
    }

    [Fact]
    public void Abandon_Queued_SendsNothing()
    {
        var life = Given.Accepted(change: CancelOnAbandon).Abandon();

        Assert.Equal((ExecutionStatus.Abandoned, SubmissionPhase.Closed, PendingWork.None), (life.State.Status, life.State.Submission.Phase, life.State.PendingWork));
        Assert.Equal([new LifecycleEffect.Persist(ExecutionEventTypes.Ended), new LifecycleEffect.Unwatch()], life.Effects);
        life.Claim().HasNoEffects();
    }

    [Fact]
    public void Abandon_Sending_WaitsForTheAnswerAndThenCancels()
    {
        var life = Given.Sending(change: CancelOnAbandon).Abandon();
        Assert.False(life.Does<LifecycleEffect.SendCancel>());
        Assert.True(life.State.Live);

        life.After(1).Confirm();

        Assert.True(life.Does<LifecycleEffect.SendCancel>());
        Assert.Equal((ExecutionStatus.Abandoned, "run-1"), (life.State.Status, life.State.RemoteId));
        Assert.False(life.CancelAnswered().State.Live);
    }

    [Fact]
    public void Abandon_AmbiguousStart_IsFoundAndCancelled()
    {
        var life = Given.Sending(new() { Capabilities = Marked }, CancelOnAbandon).Fails(Given.NoAnswer).Abandon();
        Assert.True(life.Does<LifecycleEffect.LookForMarker>());

        life.After(20).Apply(new LifecycleInput.Confirmed(0, new("run-1"), life.Now, life.Now));

        Assert.True(life.Does<LifecycleEffect.SendCancel>());
    }

    [Fact]
    public void Abandon_AmbiguousStartThatIsNotFound_HasNothingToCancel()
    {
        var life = Given.Sending(new() { Capabilities = Marked }, CancelOnAbandon).Fails(Given.NoAnswer).Abandon().After(200);

        life.Apply(new LifecycleInput.MarkerNotFound(life.Now));

        Assert.False(life.State.Live);
        Assert.Empty(life.State.GivenUp);
    }

    [Fact]
    public void Abandon_SendingAndNoAnswer_IsGivenUpWithTheReasonWhereItCannotBeFound()
    {
        var life = Given.Sending(change: CancelOnAbandon).Abandon().After(10).Fails(Given.NoAnswer);

        Assert.Equal(new GivenUpWork(PendingWork.CancelRemote, life.Now, VigilReasons.StartUnconfirmed), Assert.Single(life.State.GivenUp));
        Assert.False(life.State.Live);
    }

    [Fact]
    public void Abandon_TheStartIsThenRefused_HasNothingToCancel()
    {
        var life = Given.Sending(change: CancelOnAbandon).Abandon().Fails(Given.Error(400));

        Assert.Equal(ExecutionStatus.Abandoned, life.State.Status);
        Assert.False(life.State.Live);
        Assert.Empty(life.State.GivenUp);
    }

    [Fact]
    public void Abandon_RetrySending_LetsTheRetryAnswerBeforeItCancels()
    {
        var life = Given.Retried(life: new()).Claim();
        life.Cancel().Abandon();
        Assert.False(life.Does<LifecycleEffect.SendCancel>());

        life.After(1).Confirm();

        Assert.True(life.Does<LifecycleEffect.SendCancel>());
    }

    [Fact]
    public void Abandon_Twice_IsNoError()
    {
        var life = Given.RunningFor(20).Abandon();

        life.Abandon().HasNoEffects();
    }

    [Fact]
    public void Abandon_Finished_IsRefused()
    {
        var life = Given.Ended();

        Assert.Equal(ExecutionStatus.Failed, Assert.Throws<ExecutionFinishedException>(() => life.Abandon()).Status);
    }

    [Fact]
    public void Confirmed_AfterAbandoning_IsRememberedSoThatNobodyPaysUnknowingly()
    {
        var life = Given.Sending().Abandon().After(1).Confirm();

        Assert.Equal(("run-1", ExecutionStatus.Abandoned), (life.State.RemoteId, life.State.Status));
        Assert.False(life.State.Live);
    }

    private static StartExecution CancelOnAbandon(StartExecution request) => request with { CancelOnAbandon = true };
}
