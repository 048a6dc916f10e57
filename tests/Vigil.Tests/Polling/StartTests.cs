using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>Starts and retries: claimed, sent once, reported until the grain knows.</summary>
public sealed class StartTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public StartTests() => _world.Grains.Grants = id => _world.Permit(id);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Start_IsClaimedSentAndReported()
    {
        Queue("a");

        _world.Advance(1);

        Assert.Equal([("a", PollerWorld.Silo)], _world.Grains.Claims);
        Assert.Equal("start", Assert.Single(_world.Platform.Requests).Operation);
        var (execution, report, _) = Assert.Single(_world.Grains.Submitted);
        Assert.Equal(("a", 1, "run-of-a"), (execution, report.ClaimNumber, report.Started?.RemoteId));
        Assert.Null(report.Error);
        Assert.False(_world.Poller.Knows(PollerWorld.Name, "a"));
    }

    [Fact]
    public void Start_NothingToSend_SendsNothing()
    {
        _world.Grains.Grants = _ => null;
        Queue("a");

        _world.Advance(60);

        Assert.Empty(_world.Platform.Requests);
        Assert.Empty(_world.Grains.Submitted);
        Assert.Single(_world.Grains.Claims);
    }

    [Fact]
    public void Start_WithoutTheClaimOnTheStore_WaitsForIt()
    {
        _world.MayAct = false;
        _world.Watch("b");
        Queue("a");
        _world.Advance(60);
        Assert.Empty(_world.Grains.Claims);
        Assert.Empty(_world.Platform.Requests);

        _world.MayAct = true;
        _world.Advance(3);

        Assert.Single(_world.Grains.Submitted);
        Assert.NotEmpty(_world.Platform.Polls);
    }

    [Fact]
    public void Start_TheClaimOnTheStoreIsLostAfterItsOwn_IsNotSent()
    {
        _world.Grains.Grants = id =>
        {
            _world.MayAct = false;
            return _world.Permit(id);
        };
        Queue("a");

        _world.Advance(60);

        Assert.Empty(_world.Platform.Requests);
    }

    [Fact]
    public void Retry_IsSentAsOne()
    {
        _world.Grains.Grants = id => _world.Permit(id, claim: 3, retryOf: new("run-7"));
        Queue("a");

        _world.Advance(1);

        Assert.Equal(("retry", "run-7"), (_world.Platform.Requests[0].Operation, _world.Platform.Requests[0].Ids[0]));
        Assert.Equal((3, "run-7"), (_world.Grains.Submitted[0].Report.ClaimNumber, _world.Grains.Submitted[0].Report.Started?.RemoteId));
    }

    [Fact]
    public void Start_NotBefore_Waits()
    {
        _world.Poller.QueueSubmission(PollerWorld.Name, "a", ManualTimeProvider.Start + TimeSpan.FromSeconds(30));

        _world.Advance(29.9);
        Assert.Empty(_world.Grains.Claims);
        _world.Advance(0.2);

        Assert.Single(_world.Platform.Requests);
    }

    [Fact]
    public void Claim_RunOut_IsNotSentAndReportedSo()
    {
        _world.Grains.Grants = id => _world.Permit(id) with { SendBefore = _world.Time.GetUtcNow() };
        Queue("a");

        _world.Advance(1);

        Assert.Empty(_world.Platform.Requests);
        var report = Assert.Single(_world.Grains.Submitted).Report;
        Assert.Equal((1, null, null, false), (report.ClaimNumber, report.Started, report.Error, report.NothingFound));
    }

    [Fact]
    public void Claim_RunOutBeforeTheSecondTry_IsNotSentAgain()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(11);
        Refuse(PlatformErrorKind.Credential, 401, certain: true);
        Queue("a");

        _world.Advance(30);

        Assert.Single(_world.Platform.Requests, asked => asked.Operation == "start");
        Assert.True(Assert.Single(_world.Grains.Submitted).Report.Error?.CertainlyNotActedOn);
    }

    [Fact]
    public void Forgotten_BeforeTheSecondTry_IsNotSentAgain()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(2);
        Refuse(PlatformErrorKind.Credential, 401, certain: true);
        Queue("a");

        _world.Advance(1);
        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Advance(30);

        Assert.Single(_world.Platform.Requests, asked => asked.Operation == "start");
        Assert.True(Assert.Single(_world.Grains.Submitted).Report.Error?.CertainlyNotActedOn);
    }

    [Fact]
    public void Claim_RunOutByTheSteadyClockAlone_IsNotSentAgain()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(11);
        Refuse(PlatformErrorKind.Credential, 401, certain: true);
        Queue("a");

        _world.Advance(1);
        _world.Time.SetClock(TimeSpan.FromHours(-1));
        _world.Advance(30);

        Assert.Single(_world.Platform.Requests, asked => asked.Operation == "start");
        Assert.True(Assert.Single(_world.Grains.Submitted).Report.Error?.CertainlyNotActedOn);
    }

    [Fact]
    public void MaxRunning_HoldsStartsBackUntilARunEnds()
    {
        _world.Options = _world.Options with { MaxRunning = 3 };
        _world.Grains.TakesSubmitted = (id, _) => _world.Watch(id);
        for (var i = 0; i < 10; i++)
        {
            Queue($"s{i}");
        }

        _world.Advance(30);
        Assert.Equal(3, Starts());
        Assert.Equal(7, _world.Poller.ReportOf(PollerWorld.Name).Queued);

        _world.Poller.Forget(PollerWorld.Name, "s0");
        _world.Advance(1);
        Assert.Equal(4, Starts());
    }

    [Fact]
    public void StartRate_IsKept()
    {
        _world.Options = _world.Options with { StartsPerMinute = 9 };
        for (var i = 0; i < 30; i++)
        {
            Queue($"s{i}");
            _world.Advance(0.001);
        }

        _world.Advance(120);

        Assert.InRange(Starts(), 18, 19);
        Assert.Equal(["s0", "s1", "s2"], _world.Platform.Requests.Take(3).Select(asked => asked.Ids[0]));
    }

    [Fact]
    public void TooManyStarts_GoBackToTheQueueThroughTheGrain_AndTheRateFalls()
    {
        Refuse(PlatformErrorKind.Transient, 429, certain: true);
        _world.Options = _world.Options with { StartsPerMinute = 600 };
        _world.Grains.TakesSubmitted = (id, report) =>
        {
            if (report.Error is not null)
            {
                _world.Platform.Arrives = null;
                _world.Poller.QueueSubmission(PollerWorld.Name, id, _world.Time.GetUtcNow() + TimeSpan.FromSeconds(5));
            }
        };
        Queue("a");

        _world.Advance(4.9);
        Assert.Equal(1, Starts());
        _world.Advance(2);

        Assert.Equal(2, Starts());
        Assert.NotNull(_world.Grains.Submitted[^1].Report.Started);
    }

    [Fact]
    public void RefusedCredential_SuspendsAndTheStartWaits()
    {
        Refuse(PlatformErrorKind.Credential, 401, certain: true);
        _world.Grains.TakesSubmitted = (id, report) =>
        {
            if (report.Error is not null)
            {
                Queue(id);
            }
        };
        Queue("a");
        _world.Advance(60);
        Assert.Equal(2, Starts());
        Assert.Single(_world.Grains.Claims);

        _world.Platform.Arrives = null;
        _world.Advance(120);

        Assert.Equal(3, Starts());
        Assert.NotNull(_world.Grains.Submitted[^1].Report.Started);
    }

    [Fact]
    public void Forbidden_WithTheWholeCredential_StartIsNotTheOneRefused()
    {
        Refuse(PlatformErrorKind.Final, 403, certain: true);
        Queue("a");

        _world.Advance(5);

        var error = Assert.Single(_world.Grains.Submitted).Report.Error;
        Assert.Equal((PlatformErrorKind.Credential, null, true), (error!.Kind, error.StatusCode, error.CertainlyNotActedOn));
    }

    [Fact]
    public void QueuedAgain_WhileOnItsWay_IsClaimedAfterTheReportIsTaken()
    {
        _world.Grains.Latency = TimeSpan.FromSeconds(2);
        Queue("a");
        _world.Advance(1);
        Queue("a");
        _world.Advance(2);
        Queue("a");
        Assert.Single(_world.Grains.Claims);
        Assert.Empty(_world.Grains.Submitted);

        _world.Grains.Grants = _ => null;
        _world.Advance(10);

        Assert.Single(_world.Grains.Submitted);
        Assert.Equal(2, _world.Grains.Claims.Count);
        Assert.Equal(1, Starts());
    }

    [Fact]
    public void ClaimCall_Lost_IsRepeated()
    {
        var failures = 3;
        _world.Grains.Arrives = (_, call) => ThrowIf(call == "claim" && failures-- > 0);
        Queue("a");

        _world.Advance(10);

        Assert.Equal(4, _world.Grains.Claims.Count);
        Assert.Equal(1, Starts());
    }

    [Fact]
    public void Report_Lost_IsRepeatedAsItWas_UntilItLands()
    {
        var fails = true;
        _world.Grains.Arrives = (_, call) => ThrowIf(call == "submitted" && fails);
        Queue("a");
        _world.Advance(300);
        Assert.Equal(1, Starts());
        Assert.True(_world.Poller.Knows(PollerWorld.Name, "a"));

        fails = false;
        _world.Advance(10);

        Assert.Equal("run-of-a", Assert.Single(_world.Grains.Submitted).Report.Started?.RemoteId);
    }

    [Fact]
    public void Confirmed_OfAForgottenExecution_IsStillReported()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(3);
        Queue("a");
        _world.Advance(1);

        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Advance(5);

        Assert.Equal("run-of-a", Assert.Single(_world.Grains.Submitted).Report.Started?.RemoteId);
    }

    [Fact]
    public void Forget_WhileQueued_ClaimsNothing()
    {
        _world.Options = _world.Options with { MaxRunning = 1 };
        _world.Watch("busy");
        Queue("a");
        _world.Advance(1);
        Assert.True(_world.Poller.Knows(PollerWorld.Name, "a"));

        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Poller.Forget(PollerWorld.Name, "busy");
        _world.Advance(10);

        Assert.Empty(_world.Grains.Claims);
    }

    [Fact]
    public void Forget_BetweenClaimAndSending_SendsNothing()
    {
        _world.Grains.Latency = TimeSpan.FromSeconds(2);
        Queue("a");
        _world.Advance(1);

        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Advance(10);

        Assert.Empty(_world.Platform.Requests);
        Assert.Null(Assert.Single(_world.Grains.Submitted).Report.Started);
    }

    [Fact]
    public void Execution_NotStored_IsGivenUp()
    {
        _world.Grains.Arrives = (id, _) => throw new ExecutionNotFoundException(id);
        Queue("a");

        _world.Advance(60);

        Assert.Single(_world.Grains.Claims);
        Assert.False(_world.Poller.Knows(PollerWorld.Name, "a"));
    }

    [Fact]
    public async Task Stop_WaitsForAnswersOnTheirWay_AndClaimsNoMore()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(8);
        _world.Watch("w");
        Queue("a");
        _world.Advance(3);

        var stopping = _world.StopAsync();
        _world.Advance(0);
        Queue("b");
        _world.Advance(4);
        Assert.False(stopping.IsCompleted);
        _world.Advance(5);

        Assert.Equal("run-of-a", Assert.Single(_world.Grains.Submitted).Report.Started?.RemoteId);
        await _world.Completes(stopping);
        _world.Clear();
        _world.Advance(60);
        Assert.Empty(_world.Platform.Requests);
        Assert.Single(_world.Grains.Claims);
    }

    [Fact]
    public async Task Stop_DoesNotWaitLongerThanTwentySeconds()
    {
        _world.Platform.Hangs = true;
        Queue("a");
        _world.Advance(1);

        var stopping = _world.StopAsync();
        _world.Advance(0);
        _world.Advance(19.9);
        Assert.False(stopping.IsCompleted);
        _world.Advance(0.2);

        await _world.Completes(stopping);
    }

    private void Queue(string id) => _world.Poller.QueueSubmission(PollerWorld.Name, id, null);

    private int Starts() => _world.Platform.Requests.Count(asked => asked.Operation == "start");

    private void Refuse(PlatformErrorKind kind, int status, bool certain) =>
        _world.Platform.Arrives = _ => throw ScriptedConnection.Error(kind, status, certain: certain);

    private static void ThrowIf(bool fails)
    {
        if (fails)
        {
            throw new SiloUnavailableException("As the test says.");
        }
    }
}
