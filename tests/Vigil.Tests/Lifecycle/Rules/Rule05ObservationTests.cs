using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule05ObservationTests
{
    private static readonly ExecutionProgress Half = new(1, 2, 50, "one");

    [Fact]
    public void Observed_SentBeforeTheLastApplied_IsDropped()
    {
        var life = Given.RunningFor(10).See(Given.Awaiting).After(1);

        life.See(Given.Succeeded, sentSecondsAgo: 2).HasNoEffects();

        Assert.Equal(ExecutionStatus.AwaitingInput, life.State.Status);
    }

    [Fact]
    public void Observed_OfAnotherAttempt_IsDropped()
    {
        var life = Given.RunningFor(10);

        life.See(Given.Succeeded, attempt: 2).HasNoEffects();
    }

    [Fact]
    public void Observed_SentBeforeTheAttemptOpened_IsDropped()
    {
        var life = Given.Retried().After(1).Claim().After(2).Confirm().After(1);

        life.See(Given.Running, sentSecondsAgo: 2).HasNoEffects();

        Assert.Equal(ExecutionStatus.Pending, life.State.Status);
    }

    [Fact]
    public void Observed_Unchanged_WritesNothingAndCounts()
    {
        var life = Given.RunningFor(20).Tick();
        var (version, polls) = (life.State.Version, life.State.Polls);

        life.After(2).See(Given.Running).HasNoEffects();

        Assert.Equal((version, polls + 1, life.Now), (life.State.Version, life.State.Polls, life.State.ObservedAt));
    }

    [Fact]
    public void Observed_Progress_IsStoredAtMostEveryFiveSeconds()
    {
        var life = Given.Started().After(3).See(Given.Running);
        Assert.Equal([new LifecycleEffect.WakeAt(life.Now.AddSeconds(2))], life.Effects);

        life.After(1).See(Given.Running with { Progress = Half }).HasNoEffects();
        Assert.Equal((Half, 3L), (life.State.Progress, life.State.Version));

        life.After(1).Tick();
        Assert.Equal(ExecutionEventTypes.Updated, life.Effect<LifecycleEffect.Persist>().EventType);
        Assert.Equal((ExecutionStatus.Running, Half), (life.Stored!.Status, life.Stored.Progress));
    }

    [Fact]
    public void Observed_ProgressFiveSecondsAfterAWrite_IsStoredAtOnce()
    {
        var life = Given.Started().After(5).See(Given.Running);

        Assert.Equal(ExecutionEventTypes.Updated, life.Effect<LifecycleEffect.Persist>().EventType);
    }

    [Fact]
    public void Observed_AwaitingInput_IsStoredAtOnce()
    {
        var life = Given.Started().After(1).See(Given.Awaiting);

        Assert.Equal([new LifecycleEffect.Persist(ExecutionEventTypes.AwaitingInput)], life.Effects);
    }

    [Fact]
    public void Observed_TheEnd_IsStoredAtOnce()
    {
        var life = Given.Started().After(1).See(Given.Succeeded);

        Assert.Equal(ExecutionEventTypes.Ended, life.Effect<LifecycleEffect.Persist>().EventType);
    }

    [Fact]
    public void Observed_FreshProgress_GoesWithTheNextWriteWhichThenTellsIt()
    {
        var life = Given.Started().After(1).See(Given.Running with { Progress = Half }).Cancel();

        Assert.Equal(ExecutionEventTypes.Updated, life.Effect<LifecycleEffect.Persist>().EventType);
        Assert.Equal(Half, life.Stored!.Progress);
    }

    [Fact]
    public void Observed_Steps_AreToldWhenTheyAreStored()
    {
        var life = Given.Started().After(1).See(Given.Running with { Steps = [Given.Step("a", output: "1")] });
        Assert.False(life.Does<LifecycleEffect.ReportSteps>());

        life.After(4).Tick();

        var report = Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports);
        Assert.Equal(("exec-1", 1, life.State.Version, "a", "1"), (report.ExecutionId, report.Attempt, report.Version, report.Snapshot.Id, report.Snapshot.Output));
        Assert.Equal("Step a", Assert.Single(life.State.Steps).Summary.Name);
    }

    [Fact]
    public void Observed_ChangedStep_HasAHigherVersionAndAnUnchangedOneIsNotTold()
    {
        var life = Given.Started().After(5).See(Given.Running with { Steps = [Given.Step("a"), Given.Step("b")] }).Acknowledge();

        life.After(5).See(Given.Running with { Steps = [Given.Step("a"), Given.Step("b", StepStatus.Succeeded)] });

        var report = Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports);
        Assert.Equal(("b", life.State.Version), (report.Snapshot.Id, report.Version));
        Assert.Equal(["a", "b"], life.State.Steps.Select(step => step.Summary.Id));
    }

    [Fact]
    public void Observed_StepsThatTheAnswerLeavesOut_Stay()
    {
        var life = Given.Started().After(5).See(Given.Running with { Steps = [Given.Step("a")] }).After(5).See(Given.Running with { Steps = [Given.Step("b")] });

        Assert.Equal(["a", "b"], life.State.Steps.Select(step => step.Summary.Id));
    }

    [Fact]
    public void Observed_ManySteps_AreToldSixtyFourAtATime()
    {
        var life = Given.Started().After(5).See(Given.Running with { Steps = [.. Enumerable.Range(0, 150).Select(i => Given.Step($"s{i:D3}"))] });
        var told = new List<int>();
        while (life.Does<LifecycleEffect.ReportSteps>())
        {
            told.Add(life.Effect<LifecycleEffect.ReportSteps>().Reports.Length);
            life.Acknowledge();
        }

        Assert.Equal([64, 64, 22], told);
        Assert.Empty(life.State.Reports);
        Assert.All(life.State.Steps, step => Assert.Equal(step.Version, step.Acknowledged));
    }

    [Fact]
    public void Observed_MoreStepsThanAreKept_CountsTheRest()
    {
        var life = Given.Started().After(5).See(Given.Running with { Steps = [.. Enumerable.Range(0, 12_000).Select(i => Given.Step($"s{i}"))] });
        Assert.Equal((10_000, 12_000), (life.State.Steps.Length, life.State.StepsTotal));

        life.After(5).See(Given.Running with { Steps = [Given.Step("s11999", StepStatus.Succeeded), Given.Step("s5", StepStatus.Succeeded)] });

        Assert.Equal((10_000, 12_000), (life.State.Steps.Length, life.State.StepsTotal));
        Assert.Equal(life.State.Version, life.State.Steps[5].Version);
    }

    [Fact]
    public void Observed_StepsInAnotherOrder_KeepTheirPlaces()
    {
        var life = Given.Started().After(5).See(Given.Running with { Steps = [Given.Step("a"), Given.Step("b"), Given.Step("c")] });

        life.After(5).See(Given.Running with { Steps = [Given.Step("c", StepStatus.Succeeded), Given.Step("d"), Given.Step("a"), Given.Step("d")] });

        Assert.Equal(["a", "b", "c", "d"], life.State.Steps.Select(step => step.Summary.Id));
        Assert.Equal(
            ["c", "d"], life.State.Steps.Where(step => step.Version == life.State.Version).Select(step => step.Summary.Id));
    }

    [Fact]
    public void StepsAcknowledged_InPart_LeavesTheRestUntilItIsRepeated()
    {
        var life = Given.Started().After(5).See(Given.Running with { Steps = [Given.Step("a"), Given.Step("b")] });

        life.Apply(new LifecycleInput.StepsAcknowledged(ImmutableDictionary<string, long>.Empty.Add("a", life.State.Version)));
        Assert.False(life.Does<LifecycleEffect.ReportSteps>());

        life.After(60).Tick();
        Assert.Equal("b", Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports).Snapshot.Id);
    }

    [Fact]
    public void Woken_StepThatStoredWhatItWasTold_IsNotToldAgain()
    {
        var steps = Given.Running with { Steps = [Given.Step("a"), Given.Step("b")] };
        var life = Given.Started().After(5).See(steps).Acknowledge();

        life.After(1).Crash(storedSteps: "a").After(1).See(steps);

        Assert.Equal("b", Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports).Snapshot.Id);
    }

    [Fact]
    public void Woken_AllStepsHaveStoredTheirEnd_NoWorkIsPending()
    {
        var life = Given.RunningFor(10).See(Given.Succeeded with { Steps = [Given.Step("a", StepStatus.Succeeded)] });
        Assert.Equal(PendingWork.Steps, life.State.PendingWork);

        life.After(1).Crash(storedSteps: "a");

        Assert.Equal((PendingWork.None, false), (life.Stored!.PendingWork, life.State.Live));
        Assert.False(life.Does<LifecycleEffect.ReportSteps>());
    }

    [Fact]
    public void Woken_UnacknowledgedStep_IsToldWithWhatTheNextAnswerSays()
    {
        var life = Given.Started().After(5).See(Given.Running with { Steps = [Given.Step("a", output: "1")] });
        var version = life.State.Version;

        life.After(1).Crash();
        Assert.False(life.Does<LifecycleEffect.ReportSteps>());
        life.After(1).See(Given.Running with { Steps = [Given.Step("a", output: "1")] });

        var report = Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports);
        Assert.Equal((version, "1"), (report.Version, report.Snapshot.Output));
        Assert.Equal(version, life.State.Version);
    }
}
