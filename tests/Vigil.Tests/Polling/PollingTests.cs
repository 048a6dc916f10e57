using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>One run after another: what is told, what is not, and when the platform is asked.</summary>
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
        Assert.Equal((1, 1L, 1.0, true), (report.Attempt, report.Polls, report.Requests, report.Alone));
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
        var polls = _world.Platform.Polls.Count();

        _world.Platform.See("run-of-a", ScriptedConnection.Running("second step"));
        _world.Advance(2.2);

        var report = _world.Grains.Observed[^1].Report;
        Assert.Equal("second step", report.Seen?.Progress?.Name);
        Assert.Equal(polls, report.Polls);
        Assert.Equal(polls, report.Requests);
    }
}
