using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule11FinishedTests
{
    [Fact]
    public void Ended_IsOneWriteBeforeEverythingElse()
    {
        var life = Given.RunningFor(20).See(Given.Succeeded with { Output = """{"b":2}""", Usage = new(1, 2) });

        Assert.Equal([new LifecycleEffect.Persist(ExecutionEventTypes.Ended, Output: """{"b":2}"""), new LifecycleEffect.Unwatch()], life.Effects);
        Assert.Equal((ExecutionStatus.Succeeded, new ExecutionUsage(1, 2), null), (life.State.Status, life.State.Usage, life.State.Failure));
        Assert.False(life.State.Live);
    }

    [Fact]
    public void Ended_KeepsThePlatformsAnswerAndItsDetails()
    {
        var life = Given.RunningFor(20).See(Given.Succeeded with { Raw = """{"status":"completed"}""", Details = """{"a":1}""" });

        Assert.Equal(new LifecycleEffect.Persist(ExecutionEventTypes.Ended, Raw: """{"status":"completed"}""", Details: """{"a":1}"""), life.Effects[0]);
    }

    [Fact]
    public void Ended_AnAnswerThatWasCut_IsKeptAsAString()
    {
        var life = Given.RunningFor(20).See(Given.Succeeded with { Raw = """{"a":"b""", RawTruncated = true });

        Assert.Equal("\"{\\\"a\\\":\\\"b\"", Assert.IsType<LifecycleEffect.Persist>(life.Effects[0]).Raw);
    }

    [Theory]
    [InlineData(ExecutionStatus.Succeeded)]
    [InlineData(ExecutionStatus.Failed)]
    [InlineData(ExecutionStatus.Cancelled)]
    [InlineData(ExecutionStatus.TimedOut)]
    [InlineData(ExecutionStatus.Terminated)]
    public void Ended_IsAbsorbing(ExecutionStatus status)
    {
        var life = Given.Ended(Given.Failed with { Status = status });

        life.After(1).See(Given.Running).HasNoEffects();
        life.After(1).See(Given.Succeeded with { EndedAt = life.Now }).HasNoEffects();
        life.After(100).Miss().After(31).Miss(single: true).HasNoEffects();
        life.After(7200).Tick();

        Assert.Equal(status, life.State.Status);
    }

    [Fact]
    public void Lag_IsFromThePlatformsEndToTheAnswerAndNeverNegative()
    {
        Assert.Equal(1000, Given.Ended().State.LagMs);
        Assert.Equal(0, Given.RunningFor(20).See(Given.Failed with { EndedAt = Life.Epoch.AddHours(1) }).State.LagMs);
        Assert.Null(Given.RunningFor(20).See(Given.Failed).State.LagMs);
    }

    [Fact]
    public void Output_TooLong_IsCutToAJsonStringWithinTheLimit()
    {
        var output = $"{{\"text\":\"{new string('ä', 700_000)}\"}}";

        var life = Given.RunningFor(20).See(Given.Succeeded with { Output = output });

        var kept = life.Effect<LifecycleEffect.Persist>().Output!;
        Assert.True(life.State.OutputTruncated);
        Assert.InRange(Encoding.UTF8.GetByteCount(kept), 1_000_000, 1024 * 1024);
        Assert.StartsWith("""{"text":"ää""", System.Text.Json.JsonDocument.Parse(kept).RootElement.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Output_ThatLacksAPart_IsKeptAsItsText()
    {
        var life = Given.RunningFor(20).See(Given.Succeeded with { Output = """{"loss":"NaN"}""", OutputTruncated = true });

        Assert.True(life.State.OutputTruncated);
        Assert.Equal("""{"loss":"NaN"}""", System.Text.Json.JsonDocument.Parse(life.Effect<LifecycleEffect.Persist>().Output!).RootElement.GetString());
    }

    [Fact]
    public void Partial_TheDetailIsFetchedAndAddsWhatWasMissing()
    {
        var life = Given.RunningFor(20).See(Given.Failed with { Partial = true });
        Assert.Equal(PendingWork.Detail, life.State.PendingWork);
        Assert.True(life.Does<LifecycleEffect.FetchDetail>());

        life.After(1).See(Given.Failed with { Output = "1", EndedAt = life.Now.AddSeconds(-3), Failure = new("boom", "bang"), Steps = [Given.Step("a", StepStatus.Failed)] }, single: true);

        Assert.Equal(new LifecycleEffect.Persist(ExecutionEventTypes.Updated, Output: "1"), life.Effects[0]);
        Assert.Equal((PendingWork.Steps, new ExecutionFailure("boom", "bang"), 2000L), (life.State.PendingWork, life.State.Failure, life.State.LagMs));
        Assert.False(life.Acknowledge().State.Live);
    }

    [Fact]
    public void Partial_ADetailThatDisagrees_DoesNotChangeTheStatus()
    {
        var life = Given.RunningFor(20).See(Given.Failed with { Partial = true }).After(1).See(Given.Running, single: true);
        Assert.Equal(PendingWork.Detail, life.State.PendingWork);

        life.After(1).See(Given.Succeeded, single: true);

        Assert.Equal((ExecutionStatus.Failed, "boom", PendingWork.None), (life.State.Status, life.State.Failure?.Reason, life.State.PendingWork));
    }

    [Fact]
    public void Detail_NotToBeHad_IsGivenUpWithTheReason()
    {
        var life = Given.RunningFor(20).See(Given.Failed with { Partial = true }).Apply(new LifecycleInput.WorkFailed(PendingWork.Detail, "http_410"));

        Assert.Equal(new GivenUpWork(PendingWork.Detail, life.Now, "http_410"), Assert.Single(life.State.GivenUp));
        Assert.False(life.State.Live);
    }

    [Fact]
    public void Detail_NotFoundForTenMinutes_IsGivenUp()
    {
        var life = Given.RunningFor(20).See(Given.Failed with { Partial = true }).After(1).Miss(single: true);
        life.After(599).Miss(single: true);
        Assert.True(life.State.Live);

        life.After(1).Miss(single: true);

        Assert.Equal(VigilReasons.NotFound, Assert.Single(life.State.GivenUp).Reason);
    }

    [Fact]
    public void PendingWork_IsRepeatedUntilItIsDone()
    {
        var life = Given.RunningFor(20, change: request => request with { CancelOnAbandon = true })
            .See(Given.Running with { Steps = [Given.Step("a")] }).After(100).Abandon();
        Assert.Equal(PendingWork.CancelRemote | PendingWork.Steps | PendingWork.Reminder, life.State.PendingWork);
        for (var i = 0; i < 3; i++)
        {
            life.After(60).Tick();
            Assert.True(life.Does<LifecycleEffect.SendCancel>() && life.Does<LifecycleEffect.ReportSteps>() && life.Does<LifecycleEffect.RemoveReminder>());
        }

        life.Acknowledge().CancelAnswered().Apply(new LifecycleInput.WorkDone(PendingWork.Reminder));

        Assert.Equal((PendingWork.None, null), (life.Stored!.PendingWork, life.Stored.PendingSince));
    }

    [Fact]
    public void PendingWork_AfterACrash_IsTakenUp()
    {
        var life = Given.RunningFor(20, change: request => request with { CancelOnAbandon = true }).After(100).Abandon().Crash();

        Assert.True(life.Does<LifecycleEffect.SendCancel>() && life.Does<LifecycleEffect.RemoveReminder>());
    }

    [Fact]
    public void PendingWork_NobodyAnswersForDays_IsGivenUpWithTheReason()
    {
        var life = Given.RunningFor(20, change: request => request with { CancelOnAbandon = true }).Abandon().After(72 * 3600).Tick();

        Assert.Equal((PendingWork.CancelRemote, VigilReasons.Unanswered), (Assert.Single(life.State.GivenUp).Work, life.State.GivenUp[0].Reason));
        Assert.False(life.State.Live);
    }

    [Fact]
    public void Steps_ForgottenInACrash_AreFetchedAndToldWhole()
    {
        var life = Given.RunningFor(20).See(Given.Succeeded with { Steps = [Given.Step("a", StepStatus.Succeeded, "1")] }).Crash();
        Assert.True(life.Does<LifecycleEffect.FetchDetail>());
        Assert.False(life.Does<LifecycleEffect.ReportSteps>());

        life.After(1).See(Given.Succeeded with { Steps = [Given.Step("a", StepStatus.Succeeded, "1")] }, single: true);

        Assert.Equal("1", Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports).Snapshot.Output);
        Assert.False(life.Acknowledge().State.Live);
    }

    [Fact]
    public void Steps_ForgottenAndNotToBeHad_AreToldInShort()
    {
        var life = Given.RunningFor(20).See(Given.Succeeded with { Steps = [Given.Step("a", StepStatus.Succeeded, "1")] }).Crash();

        life.Apply(new LifecycleInput.WorkFailed(PendingWork.Detail, "http_410"));

        var report = Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports);
        Assert.Equal(("a", "Step a", StepStatus.Succeeded, null), (report.Snapshot.Id, report.Snapshot.Name, report.Snapshot.Status, report.Snapshot.Output));
    }

    /// <summary>The answer to a retry was overdue at the very moment of waking, and the steps waited three days.</summary>
    [Fact]
    public void Steps_ForgottenWhileAnAnswerIsOverdue_AreToldInShort()
    {
        var life = Given.RunningFor(10, change: request => request with { CancelOnAbandon = true });
        life.See(Given.Failed with { EndedAt = life.Now, Steps = [Given.Step("a", StepStatus.Failed)] }).After(1)
            .Apply(new LifecycleInput.Retry()).Claim().Abandon();
        Assert.Equal((ExecutionStatus.Abandoned, SubmissionPhase.Sending), (life.State.Status, life.State.Submission.Phase));

        life.After(600).Crash();

        Assert.Equal("a", Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports).Snapshot.Id);
    }

    [Fact]
    public void Steps_WithLongBodies_AreToldWithinTheLimit()
    {
        var life = Given.RunningFor(20).See(Given.Succeeded with { Steps = [Given.Step("a", StepStatus.Succeeded, $"\"{new string('x', 100_000)}\"")] });

        var output = Assert.Single(life.Effect<LifecycleEffect.ReportSteps>().Reports).Snapshot.Output!;
        Assert.InRange(Encoding.UTF8.GetByteCount(output), 60_000, 64 * 1024);
    }

    [Fact]
    public void Reminder_OfARunThatMayHaveOne_IsRemoved()
    {
        Assert.Equal(PendingWork.None, Given.RunningFor(50).See(Given.Succeeded).State.PendingWork);

        var life = Given.RunningFor(60).See(Given.Succeeded);

        Assert.Equal(PendingWork.Reminder, life.State.PendingWork);
        Assert.True(life.Does<LifecycleEffect.RemoveReminder>());
    }

    [Fact]
    public void Reminder_RegisteredAfterTheEnd_IsRemoved()
    {
        var life = Given.Ended().Apply(new LifecycleInput.ReminderRegistered());

        Assert.True(life.Does<LifecycleEffect.RemoveReminder>());
        Assert.False(life.Apply(new LifecycleInput.WorkDone(PendingWork.Reminder)).State.Live);
        Assert.False(life.State.HasReminder);
    }
}
