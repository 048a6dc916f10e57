using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>What is asked once for one execution: cancellations, full answers, markers, looks.</summary>
public sealed class OneOffTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Cancel_IsPassedOnAndAnswered()
    {
        _world.Poller.Cancel(PollerWorld.Run("a", attempt: 2), "enough");

        _world.Advance(1);

        Assert.Equal(("cancel", "run-of-a"), (_world.Platform.Requests[0].Operation, _world.Platform.Requests[0].Ids[0]));
        Assert.Equal(("a", 2, null), Assert.Single(_world.Grains.CancelAnswers));
    }

    [Fact]
    public void Cancel_TransientFailure_IsRepeatedUntilAnswered()
    {
        Fail(PlatformErrorKind.Transient, 503);
        _world.Poller.Cancel(PollerWorld.Run("a"), null);
        _world.Advance(300);
        Assert.Empty(_world.Grains.CancelAnswers);
        Assert.InRange(_world.Platform.Requests.Count, 6, 16);
        Assert.True(_world.Poller.Knows(PollerWorld.Name, "a"));

        _world.Platform.Arrives = null;
        _world.Advance(61);

        Assert.Null(Assert.Single(_world.Grains.CancelAnswers).Error);
        Assert.False(_world.Poller.Knows(PollerWorld.Name, "a"));
    }

    [Fact]
    public void Cancel_FinalRefusal_IsTheAnswer()
    {
        Fail(PlatformErrorKind.Final, 409);
        _world.Poller.Cancel(PollerWorld.Run("a"), null);

        _world.Advance(60);

        Assert.Equal(409, Assert.Single(_world.Grains.CancelAnswers).Error?.StatusCode);
        Assert.Single(_world.Platform.Requests);
    }

    [Fact]
    public void Errand_HandedOverTwice_IsRunOnce()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(1);
        _world.Poller.Cancel(PollerWorld.Run("a"), null);
        _world.Poller.Cancel(PollerWorld.Run("a"), null);
        _world.Advance(0.5);
        _world.Poller.Cancel(PollerWorld.Run("a"), null);

        _world.Advance(10);

        Assert.Single(_world.Platform.Requests);
    }

    [Fact]
    public void Errand_OfAForgottenExecution_TellsNothing()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(1);
        _world.Poller.FetchDetail(PollerWorld.Run("a"));
        _world.Poller.Cancel(PollerWorld.Run("b"), null);
        _world.Advance(0.5);

        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Advance(10);

        Assert.Empty(_world.Grains.Observed);
        Assert.Single(_world.Grains.CancelAnswers);
    }

    [Fact]
    public void Detail_IsTold_AndCountsAsARequestButNoPoll()
    {
        _world.Platform.See("run-of-a", ScriptedConnection.Ended());
        _world.Poller.FetchDetail(PollerWorld.Run("a"));

        _world.Advance(1);

        var report = Assert.Single(_world.Grains.Observed).Report;
        Assert.Equal((ExecutionStatus.Succeeded, 0L, 1.0, true), (report.Seen?.Status, report.Polls, report.RequestShare, report.Alone));
    }

    [Fact]
    public void Detail_NotFound_IsToldAsSuch()
    {
        _world.Poller.FetchDetail(PollerWorld.Run("a"));

        _world.Advance(1);

        var report = Assert.Single(_world.Grains.Observed).Report;
        Assert.Equal((null, null), (report.Seen, report.Error));
    }

    [Fact]
    public void Detail_Refused_IsToldAsFailed()
    {
        _world.Platform.Runs["run-of-a"] = new PollAnswer.Unusable(ScriptedConnection.Error(PlatformErrorKind.Final, 410).Error);
        _world.Poller.FetchDetail(PollerWorld.Run("a"));

        _world.Advance(1);

        Assert.StartsWith("scripted", Assert.Single(_world.Grains.FailedDetails).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void PollAlone_TellsWhateverItSays()
    {
        _world.Poller.PollAlone(PollerWorld.Run("a"));

        _world.Advance(0.2);

        Assert.True(Assert.Single(_world.Grains.Observed).Report.Alone);
    }

    [Fact]
    public void PollAlone_AskedAgainWhileItsAnswerIsTold_IsAskedAgain()
    {
        var asked = 0;
        _world.Grains.TakesObserved = (_, _) =>
        {
            if (asked++ < 2)
            {
                _world.Poller.PollAlone(PollerWorld.Run("a"));
            }
        };
        _world.Poller.PollAlone(PollerWorld.Run("a"));

        _world.Advance(100);

        Assert.Equal(3, _world.Grains.Observed.Count);
    }

    [Fact]
    public void Marker_IsLookedForUntilFound_AndThatItIsNotThereIsToldAfterAWhileByTheSteadyClock()
    {
        _world.Poller.LookForMarker(PollerWorld.Name, Request("a"));
        _world.Advance(10);
        _world.Time.SetClock(TimeSpan.FromHours(1));
        _world.Advance(79);
        Assert.Empty(_world.Grains.Submitted);

        _world.Advance(22);
        Assert.Equal(5, _world.Grains.Submitted.Count);
        Assert.All(_world.Grains.Submitted, told => Assert.True(told.Report.NothingFound));

        _world.Platform.Marker = () => new("run-9");
        _world.Advance(60);

        Assert.Equal("run-9", _world.Grains.Submitted[^1].Report.Started?.RemoteId);
        Assert.Equal(6, _world.Grains.Submitted.Count);
        Assert.All(_world.Grains.Submitted, told => Assert.Equal(0, told.Report.ClaimNumber));
    }

    [Fact]
    public void Marker_LookFailing_IsToldOnceAndSaysNothingOfTheStart()
    {
        Fail(PlatformErrorKind.Transient, 500);
        _world.Poller.LookForMarker(PollerWorld.Name, Request("a"));
        _world.Advance(100);
        Assert.Equal(500, Assert.Single(_world.Grains.Submitted).Report.Error?.StatusCode);
        _world.Clear();

        Fail(PlatformErrorKind.Final, 410);
        _world.Advance(61);

        var report = Assert.Single(_world.Grains.Submitted).Report;
        Assert.Equal((true, 410), (report.NothingFound, report.Error?.StatusCode));
    }

    [Fact]
    public void Marker_FoundAfterTheExecutionWasForgotten_IsStillReported()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(1);
        _world.Platform.Marker = () => new("run-9");
        _world.Poller.LookForMarker(PollerWorld.Name, Request("a"));
        _world.Advance(0.5);

        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Advance(1);

        Assert.Equal("run-9", Assert.Single(_world.Grains.Submitted).Report.Started?.RemoteId);
    }

    [Fact]
    public void Marker_Forgotten_IsLookedForNoMore()
    {
        _world.Poller.LookForMarker(PollerWorld.Name, Request("a"));
        _world.Advance(12);
        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Clear();

        _world.Advance(60);

        Assert.Empty(_world.Platform.Requests);
    }

    [Fact]
    public async Task Look_Known_ReturnsWhatWasSeen()
    {
        _world.Platform.See("r", ScriptedConnection.Running("a step"));

        var look = _world.Poller.LookAsync(PollerWorld.Name, "r", null, default);
        _world.Advance(1);

        Assert.Equal("a step", (await look)?.Snapshot.Progress?.Name);
    }

    [Fact]
    public async Task Look_WhileOneIsOnItsWay_SharesIt()
    {
        _world.Platform.See("r", ScriptedConnection.Running("a step"));
        _world.Platform.Latency = TimeSpan.FromSeconds(1);
        using var gone = new CancellationTokenSource();

        var first = _world.Poller.LookAsync(PollerWorld.Name, "r", null, gone.Token);
        var second = _world.Poller.LookAsync(PollerWorld.Name, "r", null, default);
        _world.Advance(0.5);
        gone.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        // An execution with the id of the run has nothing to do with it.
        _world.Poller.Forget(PollerWorld.Name, "r");
        _world.Advance(1);

        Assert.Equal("a step", (await second)?.Snapshot.Progress?.Name);
        Assert.Single(_world.Platform.Requests);
    }

    [Fact]
    public async Task Look_Unknown_ReturnsNull_AndAFailureIsThrownAtOnce()
    {
        var unknown = _world.Poller.LookAsync(PollerWorld.Name, "r", null, default);
        _world.Advance(1);
        Assert.Null(await unknown);

        Fail(PlatformErrorKind.Transient, 503);
        var failing = _world.Poller.LookAsync(PollerWorld.Name, "r", null, default);
        _world.Advance(1);

        Assert.Equal(503, (await Assert.ThrowsAsync<PlatformException>(() => failing)).Error.StatusCode);
    }

    [Fact]
    public async Task Look_WhenTheSiloStops_Fails()
    {
        _world.Platform.Hangs = true;
        var look = _world.Poller.LookAsync(PollerWorld.Name, "r", null, default);
        _world.Advance(1);

        var stopping = _world.StopAsync();
        _world.Advance(1);

        Assert.Equal("stopping", (await Assert.ThrowsAsync<PlatformException>(() => look)).Error.Code);
        await _world.Completes(stopping);
    }

    [Fact]
    public void Errands_GoBeforePolls_WhichKeepAFifth()
    {
        _world.Options = _world.Options with { PollsPerMinute = 60 };
        _world.WatchMany(50);
        _world.Advance(10);
        _world.Clear();
        for (var i = 0; i < 50; i++)
        {
            _world.Poller.FetchDetail(PollerWorld.Run($"e{i}"));
        }

        _world.Advance(20);

        Assert.InRange((double)_world.Platform.Polls.Count() / _world.Platform.Requests.Count, 0.15, 0.25);
    }

    private static RunRequest Request(string id) =>
        new(id, new("workflow", "w"), null, ImmutableDictionary<string, string>.Empty, TimeSpan.FromHours(24), ManualTimeProvider.Start);

    private void Fail(PlatformErrorKind kind, int status) => _world.Platform.Arrives = _ => throw ScriptedConnection.Error(kind, status);
}
