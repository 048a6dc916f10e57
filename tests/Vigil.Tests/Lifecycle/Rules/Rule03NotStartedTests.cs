using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule03NotStartedTests
{
    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    public void SubmitFailed_WaitingHelps_GoesBackToTheQueue(int status)
    {
        var life = Given.Sending().Fails(Given.Error(status));

        Assert.Equal(SubmissionPhase.Queued, life.State.Submission.Phase);
        Assert.True(life.Does<LifecycleEffect.QueueSubmission>());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(402)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(413)]
    [InlineData(422)]
    public void SubmitFailed_Refused_IsRejectedWithThePlatformsReason(int status)
    {
        var life = Given.Sending().Fails(Given.Error(status));

        Assert.Equal(ExecutionStatus.Rejected, life.State.Status);
        Assert.Equal(new ExecutionFailure($"http_{status}", $"The platform answered {status}."), life.State.Failure);
        Assert.Equal([ExecutionEventTypes.Accepted, ExecutionEventTypes.Ended], life.Reported);
        Assert.True(life.Does<LifecycleEffect.Unwatch>());
    }

    [Theory]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(418)]
    [InlineData(303)]
    public void SubmitFailed_AnyOtherAnswer_IsAmbiguous(int status) =>
        Assert.Equal(VigilReasons.StartUnconfirmed, Given.Sending().Fails(Given.Error(status)).State.Failure?.Reason);

    [Fact]
    public void SubmitFailed_NoAnswer_IsAmbiguous() =>
        Assert.Equal(VigilReasons.StartUnconfirmed, Given.Sending().Fails(Given.NoAnswer).State.Failure?.Reason);

    [Fact]
    public void SubmitFailed_NoConnection_WasCertainlyNotSentAndWaits() =>
        Assert.Equal(SubmissionPhase.Queued, Given.Sending().Fails(Given.NoConnection).State.Submission.Phase);

    [Theory]
    [InlineData(PlatformErrorKind.Transient, ExecutionStatus.Submitting)]
    [InlineData(PlatformErrorKind.Final, ExecutionStatus.Rejected)]
    public void SubmitFailed_ThePlatformVouchesForIt_IsNotAmbiguous(PlatformErrorKind kind, ExecutionStatus expected)
    {
        var life = Given.Sending().Fails(Given.Error(503, kind) with { CertainlyNotActedOn = true });

        Assert.Equal((expected, null), (life.State.Status, life.State.Failure?.Reason == VigilReasons.StartUnconfirmed ? "lost" : null));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    public void SubmitFailed_RefusedByAGateway_IsSentLaterAndRemembersWhy(int status)
    {
        var life = Given.Sending().Fails(Given.Error(status, PlatformErrorKind.Transient) with { CertainlyNotActedOn = true });

        Assert.Equal((ExecutionStatus.Submitting, SubmissionPhase.Queued), (life.State.Status, life.State.Submission.Phase));
        Assert.True(life.Effect<LifecycleEffect.QueueSubmission>().NotBefore > life.Now);
        Assert.Contains($"(HTTP {status})", life.State.Submission.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public void SubmitFailed_RetryAfter_IsHonouredUpToItsCap()
    {
        var life = Given.Sending().Fails(Given.Error(429, retryAfter: TimeSpan.FromSeconds(7)));
        Assert.Equal(life.Now.AddSeconds(7), life.Effect<LifecycleEffect.QueueSubmission>().NotBefore);

        life.After(7).Claim().Fails(Given.Error(429, retryAfter: TimeSpan.FromHours(1)));
        Assert.Equal(life.Now.AddSeconds(60), life.Effect<LifecycleEffect.QueueSubmission>().NotBefore);
    }

    [Fact]
    public void SubmitFailed_AgainAndAgain_WaitsLonger()
    {
        var life = Given.Accepted();
        var waits = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            life.Claim().Fails(Given.Error(429));
            waits.Add((life.Effect<LifecycleEffect.QueueSubmission>().NotBefore!.Value - life.Now).TotalSeconds);
            life.After(60);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);
    }
}
