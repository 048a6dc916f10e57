using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>Failures of the platform: they are waited out, and they never end an execution.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Transient_BacksOffAndRecovers_TellingItOnce()
    {
        _world.Watch("a");
        _world.Advance(2);
        _world.Clear();
        Fail(PlatformErrorKind.Transient, 500);

        _world.Advance(120);
        var gaps = Gaps();
        Assert.InRange(gaps.Count, 4, 12);
        Assert.InRange(gaps.Max(), 15, 30.1);
        Assert.NotNull(Assert.Single(_world.Grains.Observed).Report.Attention);
        _world.Clear();

        _world.Platform.Arrives = null;
        _world.Platform.See("run-of-a", ScriptedConnection.Running("after"));
        _world.Advance(31);
        Assert.Equal("after", Assert.Single(_world.Grains.Observed).Report.Seen?.Progress?.Name);
        _world.Clear();
        _world.Advance(20);
        Assert.InRange(_world.Platform.Polls.Count(), 9, 11);
    }

    [Fact]
    public void Transient_ManyRuns_DoNotAlign()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { MaxRunsPerPoll = 1 };
        _world.WatchMany(100);
        _world.Advance(2);
        Fail(PlatformErrorKind.Transient, 503);
        _world.Advance(40);
        _world.Clear();

        _world.Advance(30);

        Assert.InRange(_world.Platform.Polls.GroupBy(poll => (int)poll.At.TotalSeconds).Max(group => group.Count()), 1, 25);
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(45, 45)]
    [InlineData(600, 60)]
    public void RetryAfter_IsHonouredEachTime_UpToAMinute(double asked, double waited)
    {
        _world.Watch("a");
        Fail(PlatformErrorKind.Transient, 503, TimeSpan.FromSeconds(asked));

        _world.Advance(400);

        Assert.All(Gaps(), gap => Assert.InRange(gap, waited, Math.Max(waited, 30) + 0.1));
    }

    [Fact]
    public void TooManyRequests_RetryAfter_SilencesTheConnection()
    {
        _world.WatchMany(20);
        _world.Advance(2);
        Fail(PlatformErrorKind.Transient, 429, TimeSpan.FromSeconds(15));
        _world.Advance(0.2);
        var refusedAt = _world.Platform.Requests[^1].At;
        _world.Platform.Arrives = null;
        _world.Clear();

        _world.Advance(40);

        Assert.True(_world.Platform.Polls.First().At - refusedAt >= TimeSpan.FromSeconds(15));
        Assert.Equal(20, _world.Platform.Polls.Select(poll => poll.Ids[0]).Distinct().Count());
    }

    [Fact]
    public void TooManyRequests_RateFallsBelowWhatWasAccepted_AndProbesUpward()
    {
        _world.Options = _world.Options with { PollsPerMinute = 1200 };
        _world.WatchMany(100);
        var bucket = new PlatformBucket(perSecond: 10);
        _world.Platform.Arrives = asked =>
        {
            if (!bucket.Take(asked.At))
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Transient, 429);
            }
        };

        _world.Advance(300);

        Assert.InRange(_world.Poller.ReportOf(PollerWorld.Name).RequestsPerMinute, 400, 700);
        _world.Clear();
        bucket.Refused = 0;
        _world.Advance(60);
        Assert.InRange((double)bucket.Refused / _world.Platform.Requests.Count, 0, 0.1);
    }

    [Fact]
    public void AdapterFault_IsLogged_AndTheLoopGoesOn()
    {
        _world.Watch("a");
        _world.Platform.Arrives = _ => throw new InvalidOperationException("a bug of the adapter");
        _world.Advance(10);
        Assert.Contains(_world.Log.Entries, entry => entry.Text.Contains("a bug of the adapter", StringComparison.Ordinal));

        _world.Platform.Arrives = null;
        _world.Clear();
        _world.Advance(31);

        Assert.Single(_world.Grains.Observed);
    }

    [Fact]
    public void Request_WithoutAnAnswer_IsGivenUp_EvenIfTheAdapterDoesNotListen()
    {
        _world.Options = _world.Options with { RequestTimeout = TimeSpan.FromSeconds(5) };
        _world.Platform.Hangs = true;
        _world.Watch("a");
        _world.Advance(14);
        Assert.Equal("timed_out: No answer within 10 seconds.", _world.Poller.ReportOf(PollerWorld.Name).LastError);

        _world.Platform.Hangs = false;
        _world.Advance(31);

        Assert.Single(_world.Grains.Observed, told => told.Report.Seen is not null);
    }

    [Fact]
    public void Errors_AreCountedByKind()
    {
        using var counted = new Counted(_world.Meters);
        _world.Watch("a");
        Fail(PlatformErrorKind.Transient, 500);

        _world.Advance(10);

        Assert.Equal(_world.Platform.Requests.Count, counted.Of("vigil.platform.errors", "Transient"));
        Assert.Equal(_world.Platform.Requests.Count, counted.Of("vigil.platform.requests", "poll"));
    }

    private void Fail(PlatformErrorKind kind, int status, TimeSpan? retryAfter = null) =>
        _world.Platform.Arrives = _ => throw ScriptedConnection.Error(kind, status, retryAfter);

    private List<double> Gaps() =>
        [.. _world.Platform.Polls.Zip(_world.Platform.Polls.Skip(1), (one, next) => (next.At - one.At).TotalSeconds)];

    /// <summary>A platform's own limit.</summary>
    private sealed class PlatformBucket(double perSecond)
    {
        private double _tokens;
        private TimeSpan _at;

        public int Refused { get; set; }

        public bool Take(TimeSpan at)
        {
            _tokens = Math.Min(perSecond, _tokens + ((at - _at).TotalSeconds * perSecond));
            _at = at;
            if (_tokens < 1)
            {
                Refused++;
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
