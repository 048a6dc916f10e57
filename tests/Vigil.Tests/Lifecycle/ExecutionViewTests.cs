using Vigil.Grains.Lifecycle;
using Vigil.Grains.Polling;

namespace Vigil.Tests.Lifecycle;

public sealed class ExecutionViewTests
{
    [Fact]
    public void Of_ShowsWhatIsStored()
    {
        var life = Given.RunningFor(20).See(Given.Failed with { EndedAt = Life.Epoch.AddSeconds(20), Usage = new(3, 4), Steps = [Given.Step("a", StepStatus.Failed)] });

        var view = ExecutionView.Of(life.State, output: "1");

        Assert.Equal(("exec-1", "main", "gloriamundo", Given.Request.Target), (view.Id, view.Connection, view.Platform, view.Target));
        Assert.Equal((ExecutionStatus.Failed, "failed", true, 1, life.State.Version), (view.Status, view.RawStatus, view.Terminal, view.Attempt, view.Version));
        Assert.Equal(("run-1", "boom", "1", new ExecutionUsage(3, 4)), (view.RemoteId, view.Failure?.Reason, view.Output, view.Usage));
        Assert.Equal(("a", StepStatus.Failed), (Assert.Single(view.Steps).Id, view.Steps[0].Status));
        Assert.Equal((Life.Epoch, Life.Epoch.AddSeconds(1), Life.Epoch.AddSeconds(20), Life.Epoch.AddHours(1)), (view.AcceptedAt, view.SubmittedAt, view.EndedAt, view.DeadlineAt));
        Assert.Equal((2L, 3d, 1000L, PendingWork.Steps), (view.Polls, view.Requests, view.LagMs, view.PendingWork));
        Assert.Equal(("blue", null), (view.Metadata["team"], view.NextPollAt));
    }

    [Fact]
    public void Of_MoreStepsThanAreListed_ShowsTheMostTellingInTheirOrderAndTheTrueNumber()
    {
        var steps = Enumerable.Range(0, 12_000).Select(i => Given.Step($"s{i}", StepStatus.Succeeded)).ToArray();
        (steps[7], steps[9_000]) = (Given.Step("s7", StepStatus.Failed), Given.Step("s9000"));
        var life = Given.RunningFor(20).See(Given.Running with { Steps = [.. steps] });
        life.After(20).See(Given.Running with { Steps = [.. Enumerable.Range(5_000, 90).Select(i => Given.Step($"s{i}", StepStatus.Skipped))] });

        var view = ExecutionView.Of(life.State);

        Assert.Equal((Execution.MaxSteps, 12_000, true), (view.Steps.Length, view.StepsTotal, view.StepsTruncated));
        Assert.Equal(
            [.. Enumerable.Range(0, 9), .. Enumerable.Range(5_000, 90), 9_000],
            view.Steps.Select(step => int.Parse(step.Id[1..], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Told_ShowsTheStepsThatTheWriteChanged()
    {
        var life = Given.RunningFor(20).See(Given.Running with { Steps = [Given.Step("a"), Given.Step("b")] });
        Assert.Equal(["a", "b"], ExecutionView.Reported(life.State).Steps.Select(step => step.Id));

        life.After(20).See(Given.Running with { Steps = [Given.Step("a"), Given.Step("b", StepStatus.Succeeded)] });

        var told = ExecutionView.Reported(life.State);
        Assert.Equal(("b", StepStatus.Succeeded), (Assert.Single(told.Steps).Id, told.Steps[0].Status));
        Assert.Equal((2, false), (told.StepsTotal, told.StepsTruncated));
    }

    [Theory]
    [InlineData(64 * 1024, true)]
    [InlineData((64 * 1024) + 1, false)]
    public void Told_AnEnd_HasItsOutputUnlessItIsLong(int bytes, bool has)
    {
        var output = $"\"{new string('x', bytes - 2)}\"";
        var life = Given.RunningFor(20).See(Given.Succeeded with { Output = output });

        var told = ExecutionView.Reported(life.State, output);

        Assert.Equal((has ? output : null, bytes), (told.Output, told.OutputBytes));
        Assert.Null(ExecutionView.Reported(life.State with { OutputBytes = null }).OutputBytes);
    }

    [Fact]
    public void Told_MoreChangesThanAreListed_SaysSo()
    {
        var life = Given.RunningFor(20).See(Given.Running with { Steps = [.. Enumerable.Range(0, 101).Select(i => Given.Step($"s{i}"))] });

        var told = ExecutionView.Reported(life.State);

        Assert.Equal((Execution.MaxSteps, 101, true), (told.Steps.Length, told.StepsTotal, told.StepsTruncated));
    }

    [Fact]
    public void Of_ThePollerHasSeenMore_ShowsItsProgressAndWhenButNoOtherStatus()
    {
        var life = Given.RunningFor(20);
        var watch = new WatchStatus(life.Now.AddSeconds(2), life.Now, new(1, 2, 50, null), Polls: 3, Requests: 0.5);

        var view = ExecutionView.Of(life.State, watch: watch);

        Assert.Equal((50d, life.Now, life.Now.AddSeconds(2), 4L, 2.5), (view.Progress?.Percentage, view.ObservedAt, view.NextPollAt, view.Polls, view.Requests));
        Assert.Equal(ExecutionStatus.Running, view.Status);
    }

    [Fact]
    public void Of_Ended_ShowsNoFresherProgress()
    {
        var life = Given.Ended();
        var watch = new WatchStatus(null, life.Now.AddSeconds(2), new(1, 2, 50, null), Polls: 0, Requests: 0);

        var view = ExecutionView.Of(life.State, watch: watch);

        Assert.Equal((null, life.State.ObservedAt), (view.Progress, view.ObservedAt));
    }
}
