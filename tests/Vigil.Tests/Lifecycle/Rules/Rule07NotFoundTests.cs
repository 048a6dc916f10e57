using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule07NotFoundTests
{
    [Fact]
    public void NotFound_WithinThirtySecondsOfTheStart_IsExpected()
    {
        var life = Given.Started().After(29).Miss();
        life.HasNoEffects();
        Assert.Null(life.State.NotFoundSince);

        life.After(1).Miss();
        Assert.Equal(life.Now, life.State.NotFoundSince);
    }

    [Theory]
    [InlineData(nameof(AbsenceProof.RunFound), 120, "another run of the connection was found")]
    [InlineData(nameof(AbsenceProof.ProbeFound), 120, "the connection's probe found")]
    [InlineData(nameof(AbsenceProof.ProbeAnswered), 600, "no other run was found")]
    public void NotFound_ThreeTimesAloneForLongWithProof_IsLostAndSaysWhy(string proof, double seconds, string evidence)
    {
        var life = Given.RunningFor(60).Miss(single: true);
        var since = life.Now;
        life.After(30).Miss(single: true).After(seconds - 30).Miss(single: true, proof: Enum.Parse<AbsenceProof>(proof));

        Assert.Equal((ExecutionStatus.Lost, VigilReasons.NotFound), (life.State.Status, life.State.Failure?.Reason));
        Assert.Equal(ExecutionEventTypes.Ended, life.Reported[^1]);
        var detail = life.State.Failure!.Detail!;
        Assert.Contains($"in 3 polls of it alone from {since:u} to {life.Now:u}", detail, StringComparison.Ordinal);
        Assert.Contains(evidence, detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(AbsenceProof.None), 3600)]
    [InlineData(nameof(AbsenceProof.RunFound), 119.9)]
    [InlineData(nameof(AbsenceProof.ProbeFound), 119.9)]
    [InlineData(nameof(AbsenceProof.ProbeAnswered), 599.9)]
    public void NotFound_TooSoonOrWithoutProof_IsWaitedOut(string proof, double seconds)
    {
        var life = Given.RunningFor(60, change: request => request with { Deadline = TimeSpan.FromHours(3) }).Miss(single: true).Miss(single: true).After(seconds).Miss(single: true, proof: Enum.Parse<AbsenceProof>(proof));

        Assert.Equal((ExecutionStatus.Running, 3), (life.State.Status, life.State.NotFoundCount));
    }

    [Fact]
    public void NotFound_InBatches_CountsForNothing()
    {
        var life = Given.RunningFor(60).Miss().After(60).Miss().Miss(single: true).After(60).Miss(single: true, proof: AbsenceProof.RunFound);
        Assert.Equal((ExecutionStatus.Running, 2), (life.State.Status, life.State.NotFoundCount));

        life.Miss(single: true, proof: AbsenceProof.RunFound);

        Assert.Equal(ExecutionStatus.Lost, life.State.Status);
    }

    [Fact]
    public void NotFound_AloneButSentBeforeTheTime_ConfirmsNothing()
    {
        var life = Given.RunningFor(60).Miss(single: true).Miss(single: true).After(121).Miss(single: true, sentSecondsAgo: 2, proof: AbsenceProof.RunFound);

        Assert.Equal(ExecutionStatus.Running, life.State.Status);
    }

    [Fact]
    public void NotFound_SeenInBetween_CountsFromTheBeginning()
    {
        var life = Given.RunningFor(60).Miss(single: true).Miss(single: true).After(10).See(Given.Running);
        life.After(1).Miss(single: true).After(121).Miss(single: true, proof: AbsenceProof.RunFound);

        Assert.Equal((ExecutionStatus.Running, 2), (life.State.Status, life.State.NotFoundCount));
    }

    [Fact]
    public void NotFound_SeenInBetween_BeginsAnew()
    {
        var life = Given.RunningFor(60).Miss().After(10).See(Given.Running).After(20).Miss(single: true);

        Assert.Equal((ExecutionStatus.Running, life.Now), (life.State.Status, life.State.NotFoundSince));
    }

    [Fact]
    public void NotFound_SeenByAnEarlierRequest_GoesOn()
    {
        var life = Given.RunningFor(60).Miss().After(1).See(Given.Running, sentSecondsAgo: 2);

        Assert.Equal(life.Now.AddSeconds(-1), life.State.NotFoundSince);
    }

    [Fact]
    public void PollFailed_NeverAdvancesTheClock()
    {
        var life = Given.RunningFor(60);
        var state = life.State;

        life.After(60).Apply(new LifecycleInput.PollFailed(1, life.Now, Given.NoAnswer)).HasNoEffects();

        Assert.Equal(state, life.State);
    }

    [Fact]
    public void NotFound_WhileARetryIsOnItsWay_SaysNothing()
    {
        var life = Given.Retried().After(600).Miss(single: true);

        life.HasNoEffects();
        Assert.Null(life.State.NotFoundSince);
    }
}
