using Vigil.Grains.Polling.Timing;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>When a run is asked about.</summary>
public sealed class CadenceTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(2, ExecutionStatus.Running, 0, false, 2)]
    [InlineData(2, ExecutionStatus.Running, 599, false, 2)]
    [InlineData(2, ExecutionStatus.Running, 600, false, 4)]
    [InlineData(2, ExecutionStatus.Running, 3600, false, 10)]
    [InlineData(5, ExecutionStatus.Running, 3600, false, 15)]
    [InlineData(60, ExecutionStatus.Running, 3600, false, 60)]
    [InlineData(2, ExecutionStatus.AwaitingInput, 0, false, 10)]
    [InlineData(2, ExecutionStatus.AwaitingInput, 600, false, 15)]
    [InlineData(0.5, ExecutionStatus.Running, 3600, false, 2.5)]
    [InlineData(0.5, ExecutionStatus.Running, 0, true, 2)]
    [InlineData(2, ExecutionStatus.Running, 3600, true, 15)]
    public void Of_FollowsStatusAgeAndPush(double configured, ExecutionStatus status, double age, bool push, double expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected), Cadence.Of(TimeSpan.FromSeconds(configured), status, TimeSpan.FromSeconds(age), push, limit: TimeSpan.FromSeconds(15)));

    [Fact]
    public void Option_WinsOverThePlatforms()
    {
        _world.Options = _world.Options with { Cadence = TimeSpan.FromSeconds(10) };
        _world.Watch("a");

        _world.Advance(100);

        Assert.InRange(_world.Platform.Polls.Count(), 9, 11);
    }

    [Fact]
    public void AwaitingInput_SlowsDownAtOnceAndComesBack()
    {
        _world.Watch("a", new() { Status = ExecutionStatus.AwaitingInput, RawStatus = "paused" });
        _world.Advance(2);
        _world.Clear();

        _world.Advance(100);
        Assert.InRange(_world.Platform.Polls.Count(), 9, 11);

        _world.Watch("a");
        _world.Advance(11);
        _world.Clear();
        _world.Advance(20);
        Assert.InRange(_world.Platform.Polls.Count(), 9, 11);
    }

    [Fact]
    public void Runs_WatchedAtOnce_AreSpreadOverTheCadence()
    {
        _world.WatchMany(200);

        _world.Advance(2);

        var tenths = _world.Platform.Polls.GroupBy(poll => (int)(poll.At.TotalSeconds * 5)).Select(group => group.Count());
        Assert.All(tenths, count => Assert.InRange(count, 1, 60));
        Assert.Equal(200, _world.Platform.Polls.Select(poll => poll.Ids[0]).Distinct().Count());
    }

    [Fact]
    public void SlowPlatform_CadenceStaysFromPollToPoll()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(3);
        _world.Watch("a");

        _world.Advance(60);

        var gaps = _world.Platform.Polls.Zip(_world.Platform.Polls.Skip(1), (one, next) => (next.At - one.At).TotalSeconds).ToList();
        Assert.InRange(gaps.Count, 27, 31);
        Assert.All(gaps, gap => Assert.InRange(gap, 1.89, 2.11));
    }

    [Fact]
    public void HangingPlatform_TwoRequestsForARunAtMost()
    {
        _world.Platform.Hangs = true;
        _world.Watch("a");

        _world.Advance(30);

        Assert.Equal(2, _world.Platform.Polls.Count());
    }

    [Fact]
    public void SlowAnswer_OvertakenByALaterOne_IsDropped()
    {
        _world.Watch("a");
        _world.Platform.Latency = TimeSpan.FromSeconds(3);
        while (!_world.Platform.Polls.Any())
        {
            _world.Advance(0.1);
        }

        // The second request leaves while the first is on its way, and is answered at once.
        _world.Platform.Latency = TimeSpan.Zero;
        _world.Platform.See("run-of-a", ScriptedConnection.Running("later"));
        _world.Advance(2.2);
        Assert.Equal("later", Assert.Single(_world.Grains.Observed).Report.Seen?.Progress?.Name);

        _world.Platform.See("run-of-a", ScriptedConnection.Running("what the first request says"));
        _world.Advance(1);
        Assert.DoesNotContain(_world.Grains.Observed, told => told.Report.SentAt < _world.Grains.Observed[0].Report.SentAt);
    }

    [Fact]
    public void Budget_Short_EffectiveCadenceIsShown()
    {
        _world.Options = _world.Options with { PollsPerMinute = 60 };
        _world.WatchMany(10);

        _world.Advance(100);

        Assert.InRange(_world.Platform.Polls.Count(), 95, 101);
        Assert.Equal(TimeSpan.FromSeconds(10), _world.Poller.ReportOf(PollerWorld.Name).EffectiveCadence);
        Assert.All(_world.Platform.Polls.GroupBy(poll => poll.Ids[0]), polls => Assert.InRange(polls.Count(), 9, 11));
    }

    [Fact]
    public void Budget_Short_NearDeadlineGoesFirst_OthersKeepAFifth()
    {
        _world.Options = _world.Options with { PollsPerMinute = 60 };
        _world.WatchMany(50);
        for (var i = 0; i < 50; i++)
        {
            _world.Platform.See($"run-of-near{i}", ScriptedConnection.Running());
            _world.Poller.Watch(PollerWorld.Run($"near{i}") with { DeadlineAt = ManualTimeProvider.Start + TimeSpan.FromSeconds(50) });
        }

        _world.Advance(10);
        _world.Clear();
        _world.Advance(30);

        var near = _world.Platform.Polls.Count(poll => poll.Ids[0].Contains("near", StringComparison.Ordinal));
        Assert.InRange((double)near / _world.Platform.Polls.Count(), 0.75, 0.85);
    }
}
