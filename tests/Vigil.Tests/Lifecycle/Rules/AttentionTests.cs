using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Rules;

/// <summary>What cannot be followed is shown on the execution: one write when it begins, one when it ends.</summary>
public sealed class AttentionTests
{
    [Fact]
    public void Polls_ThatFail_AreShownOnceAndClearedByTheNextUsableAnswer()
    {
        var life = Given.RunningFor(60).FailPoll(AttentionReasons.PollsFail);
        Assert.Equal(AttentionReasons.PollsFail, life.Stored?.Attention?.Reason);
        Assert.Equal("what was met", life.State.Attention?.LastError);
        Assert.Equal(ExecutionEventTypes.Updated, life.Reported[^1]);
        var writes = life.Writes.Count;

        life.After(60).FailPoll(AttentionReasons.PollsFail).After(60).FailPoll(AttentionReasons.PollsFail).After(60).FailPoll();
        Assert.Equal(writes, life.Writes.Count);

        life.See(Given.Running);
        Assert.Null(life.Stored?.Attention);
        Assert.Equal(writes + 1, life.Writes.Count);
    }

    [Fact]
    public void NotFound_Unproven_IsShownAndNotClearedByAReportThatDoesNotKnowOfIt()
    {
        var life = Given.RunningFor(60).Miss(attention: AttentionReasons.NotFound).After(10).Miss();

        Assert.Equal(AttentionReasons.NotFound, life.Stored?.Attention?.Reason);
    }

    [Fact]
    public void Reason_ThatChanges_IsStored()
    {
        var life = Given.RunningFor(60).FailPoll(AttentionReasons.PollsFail).After(10).Miss(attention: AttentionReasons.NotFound);

        Assert.Equal(AttentionReasons.NotFound, life.Stored?.Attention?.Reason);
    }

    [Fact]
    public void UnknownStatus_WithAnEnd_IsShownAndStaysRunning()
    {
        var life = Given.RunningFor(60).See(Given.Running with { UnknownStatus = true, EndedAt = Life.Epoch }, attention: AttentionReasons.UnknownStatus);
        Assert.Equal((ExecutionStatus.Running, AttentionReasons.UnknownStatus), (life.Stored?.Status, life.Stored?.Attention?.Reason));

        life.After(10).See(Given.Succeeded);

        Assert.Equal((ExecutionStatus.Succeeded, null), (life.State.Status, life.State.Attention));
    }

    [Fact]
    public void Start_SentBackThreeTimes_IsShownUntilItIsConfirmed()
    {
        var life = Given.Accepted();
        for (var i = 0; i < 2; i++)
        {
            life.Claim().Fails(Given.Error(429, PlatformErrorKind.Transient)).After(60);
            Assert.Null(life.State.Attention);
        }

        life.Claim().Fails(Given.Error(429, PlatformErrorKind.Transient));
        Assert.Equal(AttentionReasons.StartDelayed, life.Stored?.Attention?.Reason);
        Assert.Contains("http_429", life.State.Attention?.LastError, StringComparison.Ordinal);
        Assert.Equal(ExecutionEventTypes.Updated, life.Reported[^1]);

        life.After(60).Claim().Fails(Given.Error(429, PlatformErrorKind.Transient));
        Assert.Null(life.Writes[^1]);

        life.After(60).Claim().Confirm();
        Assert.Null(life.Stored?.Attention);
    }

    [Fact]
    public void Start_WhoseSearchFails_IsShown()
    {
        var life = Given.Sending(new() { Capabilities = new() { StartMarker = true } }).Fails(Given.NoAnswer);

        life.After(20).Apply(new LifecycleInput.MarkerNotFound(life.Now, Given.Error(503, PlatformErrorKind.Transient)));

        Assert.Equal((ExecutionStatus.Submitting, AttentionReasons.StartUnconfirmed), (life.Stored?.Status, life.Stored?.Attention?.Reason));
    }

    [Fact]
    public void Deadline_OfARunThatCouldNotBeFollowed_SaysWhy()
    {
        var life = Given.RunningFor(60).FailPoll(AttentionReasons.PollsFail).After(3600).Tick();

        Assert.Equal((ExecutionStatus.Abandoned, VigilReasons.Deadline, null), (life.State.Status, life.State.Failure?.Reason, life.State.Attention));
        Assert.Contains("polls_fail): what was met", life.State.Failure!.Detail, StringComparison.Ordinal);
    }
}
