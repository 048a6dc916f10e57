using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>What is told of a watched run, and what is not.</summary>
public sealed class PollingTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Watch_FirstAnswer_IsTold()
    {
        _world.Watch("a");

        _world.Advance(2);

        var (execution, report, _) = Assert.Single(_world.Grains.Observed);
        Assert.Equal("a", execution);
        Assert.Equal(ExecutionStatus.Running, report.Seen?.Status);
        Assert.Equal((1, 1L, 1.0, true), (report.Attempt, report.Polls, report.RequestShare, report.Alone));
    }

    [Fact]
    public void Poll_Unchanged_TellsNobody()
    {
        _world.Watch("a");

        _world.Advance(100);

        Assert.InRange(_world.Platform.Polls.Count(), 48, 52);
        Assert.Single(_world.Grains.Observed);
    }

    [Fact]
    public void Poll_Changed_IsToldWithThePollsSinceTheLastReport()
    {
        _world.Watch("a");
        _world.Advance(20.5);
        Assert.Equal(_world.Platform.Polls.Count() - 1, _world.Poller.StatusOf(PollerWorld.Name, "a")?.Polls);

        _world.Platform.See("run-of-a", ScriptedConnection.Running("second step"));
        _world.Advance(2.2);

        Assert.Equal(2, _world.Grains.Observed.Count);
        var report = _world.Grains.Observed[1].Report;
        Assert.Equal("second step", report.Seen?.Progress?.Name);
        Assert.InRange(report.Polls, 9, 11);
        Assert.Equal(report.Polls, report.RequestShare);
    }

    [Fact]
    public void StatusOf_ShowsWhatWasSeenThoughNotTold()
    {
        _world.Watch("a", ScriptedConnection.Running("first step"));
        _world.Advance(30);

        var status = _world.Poller.StatusOf(PollerWorld.Name, "a");

        Assert.Equal("first step", status?.Progress?.Name);
        Assert.InRange((_world.Time.GetUtcNow() - status!.ObservedAt!.Value).TotalSeconds, 0, 2.1);
        Assert.InRange((status.NextPollAt!.Value - _world.Time.GetUtcNow()).TotalSeconds, 0, 2.1);
        Assert.Null(_world.Poller.StatusOf(PollerWorld.Name, "b"));
    }

    [Fact]
    public void Poll_EqualProgress_KeepsTheObjectThatIsThere()
    {
        _world.Watch("a", ScriptedConnection.Running("step"));
        _world.Advance(2);
        var before = _world.Poller.StatusOf(PollerWorld.Name, "a")?.Progress;

        var equal = ScriptedConnection.Running("step");
        _world.Platform.See("run-of-a", equal);
        _world.Advance(4);

        var after = _world.Poller.StatusOf(PollerWorld.Name, "a")?.Progress;
        Assert.Equal(equal.Progress, after);
        Assert.NotSame(equal.Progress, after);
        Assert.Same(before, after);
    }

    [Fact]
    public void Poll_NotFound_IsToldEachTime()
    {
        _world.Poller.Watch(PollerWorld.Run("a"));

        _world.Advance(10);

        Assert.InRange(_world.Grains.Observed.Count, 4, 6);
        Assert.All(_world.Grains.Observed, told => Assert.Null(told.Report.Seen));
        Assert.All(_world.Grains.Observed, told => Assert.Null(told.Report.Error));
    }

    [Fact]
    public void Poll_FoundAgainUnchanged_IsTold()
    {
        _world.Watch("a");
        _world.Advance(2);
        _world.Platform.Runs.Clear();
        _world.Advance(2.2);
        _world.Watch("a");
        _world.Advance(2.2);

        Assert.NotNull(_world.Grains.Observed[^1].Report.Seen);
        Assert.Contains(_world.Grains.Observed, told => told.Report.Seen is null);
    }

    [Fact]
    public void Poll_FinalError_IsToldAndTheRunLeftAlone()
    {
        _world.Poller.Watch(PollerWorld.Run("a"));
        _world.Platform.Runs["run-of-a"] = new PollAnswer.Unusable(ScriptedConnection.Error(PlatformErrorKind.Final, 410).Error);

        _world.Advance(60);

        Assert.All(_world.Grains.Observed, told => Assert.Equal(410, told.Report.Error?.StatusCode));
        Assert.InRange(_world.Platform.Polls.Count(), 2, 8);
    }

    [Fact]
    public void Watch_GrainBelievesOtherwise_NextAnswerIsTold()
    {
        _world.Watch("a");
        _world.Advance(4);
        _world.Clear();

        _world.Poller.Watch(PollerWorld.Run("a"));
        _world.Advance(4);
        Assert.Empty(_world.Grains.Observed);

        _world.Poller.Watch(PollerWorld.Run("a", ExecutionStatus.Pending));
        _world.Advance(4);
        Assert.Single(_world.Grains.Observed);
    }

    [Fact]
    public void Watch_NextAttempt_SameAnswerIsToldForIt()
    {
        _world.Watch("a");
        _world.Advance(4);

        _world.Poller.Watch(PollerWorld.Run("a", attempt: 2));
        _world.Advance(4);

        Assert.Equal([1, 2], _world.Grains.Observed.Select(told => told.Report.Attempt));
    }

    [Fact]
    public void Answer_OfAnEarlierAttempt_IsDropped()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(1.5);
        _world.Watch("a");
        while (!_world.Platform.Polls.Any())
        {
            _world.Advance(0.1);
        }

        _world.Poller.Watch(PollerWorld.Run("a", attempt: 2));
        _world.Advance(5);

        Assert.Equal(2, Assert.Single(_world.Grains.Observed).Report.Attempt);
    }

    [Fact]
    public void End_NotTakenByTheGrain_IsToldAgain()
    {
        _world.Watch("a", ScriptedConnection.Ended());

        _world.Advance(31);

        Assert.InRange(_world.Grains.Observed.Count, 2, 3);
    }

    [Fact]
    public void Forget_EndsPolling()
    {
        _world.Watch("a");
        _world.Advance(4);
        Assert.True(_world.Poller.Knows(PollerWorld.Name, "a"));

        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Clear();
        _world.Advance(60);

        Assert.Empty(_world.Platform.Requests);
        Assert.False(_world.Poller.Knows(PollerWorld.Name, "a"));
        Assert.Equal(0, _world.Poller.ReportOf(PollerWorld.Name).Watched);
    }

    [Fact]
    public void Connection_Unknown_IsNoFaultToForgetOrAskAbout()
    {
        _world.Poller.Forget("gone", "a");

        Assert.False(_world.Poller.Knows("gone", "a"));
        Assert.Null(_world.Poller.StatusOf("gone", "a"));
        Assert.Throws<ConnectionNotFoundException>(() => _world.Poller.Nudge("gone", "a"));
    }

    [Fact]
    public void Clock_SetBackAnHour_PollingGoesOn()
    {
        _world.Watch("a");
        _world.Advance(4);
        _world.Clear();

        _world.Time.SetClock(TimeSpan.FromHours(-1));
        _world.Advance(20);

        Assert.InRange(_world.Platform.Polls.Count(), 9, 11);
    }

    [Fact]
    public void UnknownStatus_IsLoggedOncePerChange()
    {
        _world.Watch("a", ScriptedConnection.Running() with { RawStatus = "levitating", UnknownStatus = true });

        _world.Advance(20);

        Assert.Single(_world.Log.Entries, entry => entry.Text.Contains("levitating", StringComparison.Ordinal));
    }
}
