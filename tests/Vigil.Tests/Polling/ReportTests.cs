using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>Reports to grains: in order, one at a time, until they land.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Report_Lost_IsRepeatedUntilItLands()
    {
        var lost = 4;
        _world.Grains.Arrives = (_, _) => ThrowIf(lost-- > 0);
        _world.Watch("a", ScriptedConnection.Ended());

        _world.Advance(12);

        Assert.Equal(ExecutionStatus.Succeeded, _world.Grains.Observed[0].Report.Seen?.Status);
        Assert.Equal(1, _world.Grains.Observed[0].Report.Polls);
    }

    [Fact]
    public void Report_OfAForgottenExecution_IsRepeatedNoMore()
    {
        var calls = 0;
        _world.Grains.Arrives = (_, _) =>
        {
            calls++;
            throw new TimeoutException("As the test says.");
        };
        _world.Watch("a");
        _world.Advance(10);
        Assert.InRange(calls, 3, 12);

        _world.Poller.Forget(PollerWorld.Name, "a");
        calls = 0;
        _world.Advance(60);

        Assert.Equal(0, calls);
    }

    [Fact]
    public void WhileAReportIsOnItsWay_TheNewestFollowsIt_AndNoPollIsLostFromTheCount()
    {
        _world.Grains.Latency = TimeSpan.FromSeconds(7);
        _world.Watch("a", ScriptedConnection.Running("0"));
        for (var i = 1; i <= 4; i++)
        {
            _world.Advance(2);
            _world.Platform.See("run-of-a", ScriptedConnection.Running($"{i}"));
        }

        _world.Advance(30);

        Assert.Equal(["0", "4"], Told(_world).Where((_, index) => index is 0).Concat([Told(_world)[^1]]));
        Assert.InRange(_world.Grains.Observed.Count, 2, 3);
        var status = _world.Poller.StatusOf(PollerWorld.Name, "a");
        Assert.Equal(_world.Platform.Polls.Count(), _world.Grains.Observed.Sum(told => told.Report.Polls) + status!.Polls);
    }

    [Fact]
    public void AnEndThatWaitsToBeTold_IsNotReplacedByANotFound()
    {
        _world.Grains.Latency = TimeSpan.FromSeconds(7);
        _world.Watch("a");
        _world.Advance(2.1);
        _world.Platform.See("run-of-a", ScriptedConnection.Ended());
        _world.Advance(2.1);
        _world.Platform.Runs.Clear();

        _world.Advance(13);

        Assert.Contains(_world.Grains.Observed, told => told.Report.Seen?.Status == ExecutionStatus.Succeeded);
    }

    [Fact]
    public void ExecutionThatIsNotStored_IsLoggedAndNotToldAgain()
    {
        var calls = 0;
        _world.Grains.Arrives = (id, _) =>
        {
            calls++;
            throw new ExecutionNotFoundException(id);
        };
        _world.Watch("a");

        _world.Advance(60);

        Assert.Equal(1, calls);
        Assert.Contains(_world.Log.Entries, entry => entry.Id.Id == 5010);
    }

    [Fact]
    public void UnchangedAnswer_IsCountedAndNotTold()
    {
        _world.Watch("a");
        _world.Platform.Runs["run-of-a"] = new PollAnswer.Seen(ScriptedConnection.Running("first"), Hash: 1);
        _world.Advance(20);

        Assert.Equal(["first"], Told(_world));
        Assert.InRange(_world.Poller.StatusOf(PollerWorld.Name, "a")!.Polls, 7, 10);
        Assert.Equal(_world.Platform.Polls.Last().At, _world.Poller.StatusOf(PollerWorld.Name, "a")!.ObservedAt - ManualTimeProvider.Start);

        _world.Platform.Runs["run-of-a"] = new PollAnswer.Seen(ScriptedConnection.Running("second"), Hash: 2);
        _world.Advance(3);
        Assert.Equal(["first", "second"], Told(_world));
    }

    [Fact]
    public void UnchangedAnswer_OfAnEndThatTheGrainDidNotTake_IsReadAndToldAgain()
    {
        _world.Watch("a");
        _world.Platform.Runs["run-of-a"] = new PollAnswer.Seen(ScriptedConnection.Ended(), Hash: 1);

        _world.Advance(40);

        Assert.InRange(_world.Grains.Observed.Count, 2, 4);
    }

    [Fact]
    public void UnchangedAnswer_OfWhatTheGrainForgot_IsReadAndToldAgain()
    {
        _world.Watch("a");
        _world.Platform.Runs["run-of-a"] = new PollAnswer.Seen(ScriptedConnection.Running(), Hash: 1);
        _world.Advance(5);
        Assert.Single(_world.Grains.Observed);

        _world.Poller.Watch(PollerWorld.Run("a", ExecutionStatus.Pending));
        _world.Advance(5);

        Assert.Equal(2, _world.Grains.Observed.Count);
    }

    private static List<string?> Told(PollerWorld world) => [.. world.Grains.Observed.Select(told => told.Report.Seen?.Progress?.Name)];

    private static void ThrowIf(bool fails)
    {
        if (fails)
        {
            throw new TimeoutException("As the test says.");
        }
    }
}
