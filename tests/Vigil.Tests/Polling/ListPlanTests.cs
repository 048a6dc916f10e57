using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>The list of the active ones: one request for all, and absence is no end.</summary>
public sealed class ListPlanTests : IDisposable
{
    private const int PageSize = 100;

    private readonly PollerWorld _world = new();
    private readonly HashSet<string> _hidden = [];

    public ListPlanTests()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { MaxActivePage = PageSize };
        _world.Platform.Pages = ListActive;
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Runs_AreSeenInTheList_OneRequestForAll()
    {
        _world.WatchMany(80);

        _world.Advance(60);

        Assert.Equal(80, _world.Grains.Observed.Count);
        Assert.All(_world.Grains.Observed, told => Assert.True(told.Report.Seen?.Partial));
        Assert.All(_world.Platform.Requests, asked => Assert.Equal("list", asked.Operation));
        Assert.InRange(_world.Platform.Requests.Count, 28, 33);
    }

    [Fact]
    public void Pages_AreReadToTheirEnd_AndEachRunIsChargedItsShare()
    {
        _world.WatchMany(250);
        _world.Advance(10);
        _world.Clear();

        _world.Platform.See("run-of-e0", ScriptedConnection.Running("next"));
        _world.Advance(20);

        Assert.InRange(_world.Platform.Requests.Count, 27, 33);
        var report = Assert.Single(_world.Grains.Observed).Report;
        Assert.False(report.Alone);
        Assert.InRange(report.RequestShare / report.Polls, 1.0 / 101, 1.0 / 50);
    }

    [Fact]
    public void Runs_ListedInAnotherLetterCase_AreSeen()
    {
        _world.WatchMany(3);
        _world.Platform.Pages = cursor => ListActive(cursor) is var page
            ? page with { Runs = [.. page.Runs.Select(run => KeyValuePair.Create(run.Key.ToUpperInvariant(), run.Value))] }
            : page;

        _world.Advance(10);

        Assert.Equal(3, _world.Grains.Observed.Count);
        Assert.All(_world.Platform.Requests, asked => Assert.Equal("list", asked.Operation));
    }

    [Fact]
    public void Absent_IsLookedUpByItself()
    {
        _world.WatchMany(80);
        _world.Advance(10);
        _world.Clear();

        _world.Platform.See("run-of-e5", ScriptedConnection.Ended());
        _world.Advance(4);

        var (execution, report, _) = Assert.Single(_world.Grains.Observed);
        Assert.Equal(("e5", ExecutionStatus.Succeeded, true, false), (execution, report.Seen!.Status, report.Alone, report.Seen!.Partial));
        Assert.All(_world.Platform.Polls, poll => Assert.Equal(["run-of-e5"], poll.Ids));
    }

    [Fact]
    public void Absent_ButStillRunning_StaysWatched()
    {
        _world.WatchMany(10);
        _world.Advance(10);
        _world.Clear();

        _hidden.Add("run-of-e5");
        _world.Advance(20);
        Assert.Single(_world.Grains.Observed);
        _hidden.Clear();
        _world.Clear();
        _world.Advance(10);

        Assert.DoesNotContain(_world.Platform.Requests, asked => asked.Operation == "poll");
        Assert.True(_world.Poller.Knows(PollerWorld.Name, "e5"));
    }

    [Fact]
    public void ManyAbsent_TheListIsReadAgainBeforeItIsBelieved()
    {
        _world.WatchMany(100);
        _world.Advance(10);
        _world.Clear();
        var pages = 0;
        _world.Platform.Pages = cursor => pages++ == 0 ? new([], null) : ListActive(cursor);

        _world.Advance(10);

        Assert.DoesNotContain(_world.Platform.Requests, asked => asked.Operation == "poll");
        Assert.True(_world.Platform.Requests[1].At - _world.Platform.Requests[0].At < TimeSpan.FromSeconds(0.5));
        Assert.Empty(_world.Grains.Observed);
    }

    [Fact]
    public void FewAbsent_AreLookedUpAtOnce()
    {
        _world.WatchMany(100);
        _world.Advance(10);
        _world.Clear();
        _hidden.Add("run-of-e1");

        _world.Advance(2.1);

        Assert.Single(_world.Platform.Polls);
        Assert.InRange(_world.Platform.Requests.Count(asked => asked.Operation == "list"), 1, 2);
    }

    [Fact]
    public void LookUps_TakeHalfOfTheBudgetAtMost()
    {
        _world.Options = _world.Options with { PollsPerMinute = 120 };
        _world.WatchMany(100);
        _world.Advance(10);
        for (var i = 0; i < 60; i++)
        {
            _hidden.Add($"run-of-e{i}");
        }

        _world.Clear();
        _world.Advance(60);

        Assert.InRange(_world.Platform.Polls.Count(), 55, 61);
    }

    [Fact]
    public void Page_BeyondTheFirst_Failing_ShowsNoAbsence()
    {
        _world.WatchMany(250);
        _world.Advance(10);
        _world.Clear();
        _world.Platform.Arrives = asked =>
        {
            if (asked.Ids.Contains("100"))
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Transient, 503);
            }
        };

        _world.Advance(60);

        Assert.DoesNotContain(_world.Platform.Requests, asked => asked.Operation == "poll");
        Assert.Empty(_world.Grains.Observed);
    }

    [Fact]
    public void Cursor_ThatDoesNotMove_EndsThePass()
    {
        _world.Platform.Pages = _ => ListActive(null) with { NextCursor = "again" };
        _world.WatchMany(10);

        _world.Advance(20);

        Assert.Equal(10, _world.Grains.Observed.Count);
        Assert.InRange(_world.Platform.Requests.Count, 10, 25);
    }

    [Fact]
    public void List_Refused_RunsAreAskedForById()
    {
        _world.Platform.Arrives = asked =>
        {
            if (asked.Operation == "list")
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Final, 400);
            }
        };
        _world.WatchMany(10);

        _world.Advance(20);
        Assert.Equal(10, _world.Grains.Observed.Count);
        Assert.InRange(_world.Platform.Polls.Count(), 80, 110);

        // After a while the list is tried again.
        _world.Platform.Arrives = null;
        _world.Advance(300);
        _world.Clear();
        _world.Advance(20);
        Assert.All(_world.Platform.Requests, asked => Assert.Equal("list", asked.Operation));
    }

    [Fact]
    public void List_FailingForLong_RunsAreAskedForById_AndTheListIsUsedAgain()
    {
        FailLists();
        _world.WatchMany(10);

        _world.Advance(60);
        Assert.Equal(10, _world.Grains.Observed.Count);
        _world.Advance(600);
        Assert.InRange(_world.Platform.Requests.Count(asked => asked.Operation == "list"), 5, 9);

        _world.Platform.Arrives = null;
        _world.Advance(310);
        _world.Clear();
        _world.Advance(20);
        Assert.All(_world.Platform.Requests, asked => Assert.Equal("list", asked.Operation));
    }

    [Fact]
    public void List_FailingNowAndThen_StaysInUse()
    {
        var lists = 0;
        _world.Platform.Arrives = asked => ThrowIf(asked.Operation == "list" && lists++ % 3 != 2);
        _world.WatchMany(10);

        _world.Advance(120);

        Assert.DoesNotContain(_world.Platform.Requests, asked => asked.Operation == "poll");
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0", "1", "2")]
    public void Cursors_ThatGoInACircle_EndThePass(params string[] cursors)
    {
        // Every page says the same, and each names another one that follows.
        _world.Platform.Pages = cursor => ListActive(null) with { NextCursor = cursors[(Array.IndexOf(cursors, cursor) + 1) % cursors.Length] };
        _world.WatchMany(10);

        _world.Advance(20);

        Assert.Equal(10, _world.Grains.Observed.Count);
        Assert.InRange(_world.Platform.Requests.Count, 10, 25);
    }

    [Fact]
    public void Pages_WithoutRunsAndWithoutEnd_EndThePass()
    {
        var page = 0;
        _world.Platform.Pages = _ => new([], $"{page++}");
        _world.WatchMany(50);

        _world.Advance(60);

        Assert.Equal(50, _world.Grains.Observed.Count);
        Assert.InRange(_world.Platform.Requests.Count(asked => asked.Operation == "list"), 10, 700);
    }

    [Fact]
    public void Pages_OfOtherRunsWithoutEnd_EndThePass_AndRunsAreAskedForById()
    {
        var page = 0;
        _world.Platform.Pages = _ => new([KeyValuePair.Create($"foreign{page}", ScriptedConnection.Running())], $"{page++}");
        _world.WatchMany(10);

        _world.Advance(59);

        Assert.Equal(10, _world.Grains.Observed.Count);
        Assert.Equal(10, page);
    }

    private void FailLists() => _world.Platform.Arrives = asked => ThrowIf(asked.Operation == "list");

    private static void ThrowIf(bool fails)
    {
        if (fails)
        {
            throw ScriptedConnection.Error(PlatformErrorKind.Transient, 500);
        }
    }

    [Fact]
    public void List_LongerThanTheWatchedRuns_RunsAreAskedForById()
    {
        for (var i = 0; i < 1000; i++)
        {
            _world.Platform.See($"foreign{i}", ScriptedConnection.Running());
        }

        _world.Watch("a");
        _world.Advance(30);
        _world.Clear();
        _world.Advance(20);
        Assert.All(_world.Platform.Requests, asked => Assert.Equal("poll", asked.Operation));
        Assert.InRange(_world.Platform.Requests.Count, 9, 11);

        _world.WatchMany(50);
        _world.Advance(10);
        _world.Clear();
        _world.Advance(20);
        Assert.All(_world.Platform.Requests, asked => Assert.Equal("list", asked.Operation));
    }

    [Fact]
    public void Nudge_AsksForTheRunByItself()
    {
        _world.WatchMany(10);
        _world.Advance(10.7);
        _world.Clear();

        _world.Poller.Nudge(PollerWorld.Name, "e3");
        _world.Advance(0.01);

        Assert.Equal(["run-of-e3"], Assert.Single(_world.Platform.Requests).Ids);
    }

    [Fact]
    public void NothingWatched_NothingAsked()
    {
        _world.Watch("a");
        _world.Advance(10);
        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Clear();

        _world.Advance(60);
        Assert.Empty(_world.Platform.Requests);

        _world.Watch("b");
        _world.Advance(4);
        Assert.Single(_world.Grains.Observed);
    }

    private ActivePage ListActive(string? cursor)
    {
        var from = int.Parse(cursor ?? "0", CultureInfo.InvariantCulture);
        var active = _world.Platform.Runs
            .Where(run => run.Value is PollAnswer.Seen seen && !seen.Snapshot.Status.IsTerminal() && !_hidden.Contains(run.Key)).ToList();
        return new(
            [.. active.Skip(from).Take(PageSize).Select(run => KeyValuePair.Create(run.Key, ((PollAnswer.Seen)run.Value).Snapshot with { Partial = true }))],
            from + PageSize < active.Count ? (from + PageSize).ToString(CultureInfo.InvariantCulture) : null);
    }
}
