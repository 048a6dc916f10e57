using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>Many runs in one request: how it is filled, and what happens when it is refused.</summary>
public sealed class BatchTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public BatchTests() => _world.Platform.Capabilities = _world.Platform.Capabilities with { MaxRunsPerPoll = 100 };

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Poll_FewRuns_GoIntoOneRequestPerCadence()
    {
        _world.WatchMany(10);
        _world.Advance(10);
        _world.Clear();

        _world.Advance(100);

        Assert.InRange(_world.Platform.Polls.Count(), 50, 60);
        Assert.All(_world.Platform.Polls, poll => Assert.Equal(10, poll.Ids.Length));
    }

    [Fact]
    public void Poll_OneRun_IsNotHeldBackForOthers()
    {
        _world.Watch("a");

        _world.Advance(2);

        Assert.Equal(["run-of-a"], Assert.Single(_world.Platform.Polls).Ids);
    }

    [Fact]
    public void Poll_PullsForwardByHalfAnIntervalAtMost()
    {
        _world.WatchMany(30);
        _world.Advance(60);

        foreach (var polls in _world.Platform.Polls.SelectMany(poll => poll.Ids.Select(id => (id, poll.At))).GroupBy(poll => poll.id, poll => poll.At))
        {
            var gaps = polls.Zip(polls.Skip(1), (one, next) => (next - one).TotalSeconds);
            Assert.All(gaps, gap => Assert.InRange(gap, 0.9, 2.11));
        }
    }

    [Fact]
    public void Poll_ManyRuns_RequestsAreFullAndTheCadenceHolds()
    {
        _world.WatchMany(5000);
        _world.Advance(10);
        _world.Clear();

        _world.Advance(20);

        var polled = _world.Platform.Polls.Sum(poll => poll.Ids.Length);
        Assert.InRange(polled, 5000 * 9.5, 5000 * 11.5);
        Assert.InRange((double)polled / _world.Platform.Polls.Count(), 95, 100);
    }

    [Fact]
    public void Poll_RunsOfDifferentKinds_NeverShareARequest()
    {
        _world.Platform.Key = run => run.RemoteId[^1..];
        _world.WatchMany(100);
        _world.Advance(10);
        _world.Clear();

        _world.Advance(20);

        Assert.All(_world.Platform.Polls, poll => Assert.Single(poll.Ids.Select(id => id[^1]).Distinct()));
        Assert.InRange(_world.Platform.Polls.Sum(poll => poll.Ids.Length), 100 * 9, 100 * 12);
        Assert.Contains(_world.Platform.Polls, poll => poll.Ids.Length > 5);
    }

    [Fact]
    public void Report_ChargesEachRunItsShare()
    {
        _world.Options = _world.Options with { PollsPerMinute = 60 };
        _world.WatchMany(4);

        _world.Advance(10);
        _world.Platform.See("run-of-e0", ScriptedConnection.Running("next"));
        _world.Advance(3);

        var report = _world.Grains.Observed[^1].Report;
        Assert.Equal(report.Polls * 0.25, report.RequestShare, 6);
        Assert.False(report.Alone);
    }

    [Fact]
    public void Refused_ForItsSize_IsHalvedUntilAcceptedAndRemembered()
    {
        _world.Platform.Arrives = asked => ThrowIf(asked.Ids.Length > 30);
        _world.WatchMany(500);

        _world.Advance(4);
        Assert.Equal(500, _world.Grains.Observed.Count);
        _world.Clear();
        _world.Advance(20);

        Assert.Equal(25, _world.Platform.Polls.Max(poll => poll.Ids.Length));
        Assert.Empty(_world.Grains.Observed);
    }

    [Fact]
    public void Refused_ForOneBadId_OthersAreAnsweredAndTheSizeStays()
    {
        _world.Platform.Arrives = asked => ThrowIf(asked.Ids.Contains("run-of-e7"));
        _world.WatchMany(100);

        _world.Advance(6);
        Assert.Equal(99, SeenRuns().Count);
        _world.Clear();
        _world.Advance(60);

        // From then on the bad one is asked about alone, more and more rarely, and nobody else is refused.
        Assert.All(_world.Platform.Polls.Where(poll => poll.Ids.Contains("run-of-e7")), poll => Assert.Single(poll.Ids));
        Assert.InRange(_world.Platform.Polls.Count(poll => poll.Ids.Contains("run-of-e7")), 1, 8);
        Assert.Contains(_world.Platform.Polls, poll => poll.Ids.Length > 40);
    }

    [Fact]
    public void Refused_AsFinal_IsSplitToo_AndOnlyTheBadOneIsTold()
    {
        _world.Platform.Arrives = asked =>
        {
            if (asked.Ids.Contains("run-of-e7"))
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Final, 400);
            }
        };
        _world.WatchMany(20);

        _world.Advance(4);

        Assert.All(_world.Grains.Observed.Where(told => told.Report.Error is not null), told => Assert.Equal("e7", told.Execution));
        Assert.Equal(20, _world.Grains.Observed.Select(told => told.Execution).Distinct().Count());
    }

    [Fact]
    public void Refused_ForItsSize_GrowsBackStepByStep()
    {
        _world.Platform.Arrives = asked => ThrowIf(asked.Ids.Length > 30);
        _world.WatchMany(300);
        _world.Advance(700);
        Assert.InRange(_world.Platform.Polls.Where(poll => poll.At > TimeSpan.FromSeconds(600)).Average(poll => poll.Ids.Length), 20, 31);

        _world.Platform.Arrives = null;
        _world.Advance(TimeSpan.FromMinutes(45));
        _world.Clear();
        _world.Advance(10);

        Assert.Equal(100, _world.Platform.Polls.Max(poll => poll.Ids.Length));
    }

    [Fact]
    public void Refused_ForOneBadId_IsForgottenAfterSomeMinutes()
    {
        _world.Platform.Arrives = asked => ThrowIf(asked.Ids.Contains("run-of-e7"));
        _world.WatchMany(10);
        _world.Advance(10);

        _world.Platform.Arrives = null;
        _world.Advance(330);
        _world.Clear();
        _world.Advance(10);

        Assert.Contains(_world.Platform.Polls, poll => poll.Ids.Length > 1 && poll.Ids.Contains("run-of-e7"));
    }

    [Fact]
    public void Unreadable_ForOneBadItem_OthersAreAnsweredSoonAndTheSizeStays()
    {
        _world.Platform.Arrives = asked => ThrowUnreadable(asked.Ids.Contains("run-of-e7"));
        _world.WatchMany(61);

        _world.Advance(6);
        Assert.Equal(60, SeenRuns().Count);
        _world.Clear();
        _world.Advance(60);

        Assert.All(_world.Platform.Polls.Where(poll => poll.Ids.Contains("run-of-e7")), poll => Assert.Single(poll.Ids));
        Assert.Contains(_world.Platform.Polls, poll => poll.Ids.Length > 20);
    }

    [Fact]
    public void Unreadable_Altogether_IsNotSplitAgainAndAgain()
    {
        _world.Platform.Arrives = _ => ThrowUnreadable(true);
        _world.WatchMany(100);

        _world.Advance(60);

        Assert.InRange(_world.Platform.Polls.Count(), 10, 150);
        _world.Platform.Arrives = null;
        _world.Advance(31);
        Assert.Equal(100, SeenRuns().Count);
    }

    /// <summary>A platform that is too slow for many at once is asked for fewer; one that does not answer at all is not.</summary>
    [Fact]
    public void Timeout_ForManyAtOnceOnly_FewerAreAskedFor()
    {
        _world.Platform.Arrives = asked => ThrowTimeout(asked.Ids.Length > 1);
        _world.WatchMany(10);
        _world.Advance(60);

        Assert.Equal(10, SeenRuns().Count);

        _world.Platform.Arrives = null;
        _world.Advance(20 * 60);
        Assert.Contains(_world.Platform.Polls, poll => poll.Ids.Length > 5);
    }

    [Fact]
    public void Timeout_Altogether_TeachesNothing()
    {
        _world.Platform.Arrives = _ => ThrowTimeout(true);
        _world.WatchMany(100);
        _world.Advance(60);
        _world.Platform.Arrives = null;
        _world.Clear();
        _world.Advance(60);

        Assert.Equal(100, SeenRuns().Count);
        Assert.Contains(_world.Platform.Polls, poll => poll.Ids.Length > 50);
    }

    private static void ThrowTimeout(bool isSlow)
    {
        if (isSlow)
        {
            throw new PlatformException(new(PlatformErrorKind.Transient, "timeout", "As the test says."));
        }
    }

    private HashSet<string> SeenRuns() => [.. _world.Grains.Observed.Where(told => told.Report.Seen is not null).Select(told => told.Execution)];

    private static void ThrowUnreadable(bool unreadable)
    {
        if (unreadable)
        {
            throw new PlatformException(new(PlatformErrorKind.Transient, "unreadable_answer", "As the test says.", 200));
        }
    }

    [Fact]
    public void FirstSize_OfThePlatform_IsWhereItBegins()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { FirstRunsPerPoll = 25 };
        _world.WatchMany(100);

        _world.Advance(10);

        Assert.Equal(25, _world.Platform.Polls.Max(poll => poll.Ids.Length));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Answers_OfAnotherNumber_AreNoAnswers(int difference)
    {
        _world.Platform.Answers = runs => [.. Enumerable.Repeat<PollAnswer>(new PollAnswer.Seen(ScriptedConnection.Ended()), runs.Count + difference)];
        _world.WatchMany(10);

        _world.Advance(10);

        Assert.Empty(SeenRuns());
        Assert.StartsWith("wrong_answer_count", _world.Poller.ReportOf(PollerWorld.Name).LastError, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_Default_AreNoAnswers()
    {
        _world.Platform.Answers = _ => default;
        _world.WatchMany(10);

        _world.Advance(10);
        Assert.Empty(SeenRuns());
        _world.Platform.Answers = null;
        _world.Advance(31);

        Assert.Equal(10, SeenRuns().Count);
    }

    [Fact]
    public void Answer_Unusable_FailsItsRunAlone()
    {
        _world.WatchMany(10);
        _world.Platform.Runs["run-of-e3"] = new PollAnswer.Unusable(ScriptedConnection.Error(PlatformErrorKind.Transient).Error);

        _world.Advance(60);

        Assert.Equal(9, SeenRuns().Count);
        Assert.InRange(_world.Platform.Polls.Count(poll => poll.Ids.Contains("run-of-e3")), 3, 8);
    }

    private static void ThrowIf(bool refused)
    {
        if (refused)
        {
            throw ScriptedConnection.Error(PlatformErrorKind.BatchRefused);
        }
    }
}
