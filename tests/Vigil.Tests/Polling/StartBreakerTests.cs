using Vigil.Grains.Polling.Starts;
using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>A platform that leaves starts unanswered gets few of them; the others wait until it answers.</summary>
public sealed class StartBreakerTests : IDisposable
{
    private const int Queued = 64;
    private readonly PollerWorld _world = new();

    public StartBreakerTests() => _world.Grains.Grants = id => _world.Permit(id);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void SilentPlatform_GetsAHandful_AndTheRestRunsOnceItIsBack()
    {
        _world.Platform.Hangs = true;
        Queue(Queued);

        _world.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(StartBreaker.FirstWindow, Starts());
        Assert.Equal(StartBreaker.FirstWindow, _world.Grains.Submitted.Count(submitted => submitted.Report.Error is { CertainlyNotActedOn: false }));
        var report = _world.Poller.ReportOf(PollerWorld.Name);
        Assert.InRange(report.Queued, Queued - StartBreaker.FirstWindow - 1, Queued - StartBreaker.FirstWindow);
        Assert.StartsWith("timed_out: ", report.StartsWait?.Reason, StringComparison.Ordinal);
        Assert.Single(_world.Log.Entries, entry => entry.Text.Contains("in a row had no clear answer", StringComparison.Ordinal));

        _world.Platform.Hangs = false;
        _world.Advance(TimeSpan.FromMinutes(7));

        Assert.Equal(Queued, Starts());
        Assert.Equal(Queued - StartBreaker.FirstWindow, _world.Grains.Submitted.Count(submitted => submitted.Report.Started is not null));
        Assert.Null(_world.Poller.ReportOf(PollerWorld.Name).StartsWait);
    }

    [Fact]
    public void StartsFailUnclearly_OneAtATimeTriesAfterGrowingPauses_AndPollsGoOn()
    {
        Fail(status: 500);
        _world.Watch("w");
        Queue(Queued);

        _world.Advance(600);

        var tries = StartTimes()[StartBreaker.FirstWindow..];
        TimeSpan[] pauses = [.. tries.Zip(tries.Skip(1), (before, after) => after - before)];
        Assert.InRange(pauses.Length, 4, 7);
        Assert.All(pauses, (pause, i) => Assert.InRange(pause.TotalSeconds, Math.Min(300, 10 * Math.Pow(2, i)) * 0.9, Math.Min(300, 10 * Math.Pow(2, i)) * 1.1 + 1));
        Assert.InRange(_world.Platform.Polls.Count(), 250, 350);
    }

    [Fact]
    public void CertainRefusal_Closes()
    {
        Fail(status: 500);
        Queue(10);
        _world.Advance(1);
        Assert.NotNull(_world.Poller.ReportOf(PollerWorld.Name).StartsWait);

        Fail(status: 422, certain: true);
        _world.Advance(7);

        Assert.Null(_world.Poller.ReportOf(PollerWorld.Name).StartsWait);
        Assert.Equal(10, Starts());
    }

    [Fact]
    public void UnclearOnesBetweenClearOnes_StopNothing()
    {
        var arrived = 0;
        _world.Platform.Arrives = asked =>
        {
            if (asked.Operation == "start" && ++arrived % 3 != 0)
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Transient, 500);
            }
        };
        for (var i = 0; i < 30; i++)
        {
            Queue($"s{i}");
            _world.Advance(1);
        }

        Assert.Equal(30, Starts());
    }

    [Fact]
    public void AnsweredStarts_OpenTheWindow()
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(2);
        Queue(300);

        _world.Advance(1);
        Assert.Equal(4, Starts());
        _world.Advance(2);
        Assert.Equal(4 + 20, Starts());
        _world.Advance(2);
        Assert.Equal(4 + 20 + 64, Starts());
    }

    [Fact]
    public void ATrialThatClaimsNothing_LeavesTheNextOneToTry()
    {
        Fail(status: 500);
        Queue(10);
        _world.Advance(1);
        _world.Grains.Grants = _ => null;

        _world.Advance(60);

        Assert.Equal(10, _world.Grains.Claims.Count);
        Assert.Equal(StartBreaker.FirstWindow, Starts());
    }

    [Fact]
    public async Task Stop_WhileStartsWait_EndsAtOnce()
    {
        _world.Platform.Hangs = true;
        Queue(10);
        _world.Advance(45);
        Assert.NotNull(_world.Poller.ReportOf(PollerWorld.Name).StartsWait);

        var stopping = _world.StopAsync();
        _world.Advance(0);

        await _world.Completes(stopping);
    }

    private void Queue(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Queue($"s{i}");
        }
    }

    private void Queue(string id) => _world.Poller.QueueSubmission(PollerWorld.Name, id, null);

    private void Fail(int status, bool certain = false) => _world.Platform.Arrives = asked =>
    {
        if (asked.Operation == "start")
        {
            throw ScriptedConnection.Error(certain ? PlatformErrorKind.Final : PlatformErrorKind.Transient, status, certain: certain);
        }
    };

    private List<TimeSpan> StartTimes() => [.. _world.Platform.Requests.Where(asked => asked.Operation == "start").Select(asked => asked.At)];

    private int Starts() => StartTimes().Count;
}
