using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>Hints from people, webhooks and pushes: they make a run due, and are never facts.</summary>
public sealed class NudgeTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public NudgeTests() => _world.Options = _world.Options with { Cadence = TimeSpan.FromSeconds(8) };

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Nudge_PollsAtOnce()
    {
        WatchQuietly("a");

        _world.Poller.Nudge(PollerWorld.Name, "a");
        _world.Advance(0.01);

        Assert.Single(_world.Platform.Polls);
        Assert.Empty(_world.Grains.Observed);
    }

    [Fact]
    public void Nudges_AreMergedToOnePerQuarterCadence()
    {
        WatchQuietly("a");

        for (var i = 0; i < 60; i++)
        {
            _world.Poller.Nudge(PollerWorld.Name, "a");
            _world.Advance(0.1);
        }

        Assert.InRange(_world.Platform.Polls.Count(), 3, 4);
        Assert.All(
            _world.Platform.Polls.Zip(_world.Platform.Polls.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At >= TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Nudge_MeetsARequestInFlight_OneMorePollFollowsIt()
    {
        WatchQuietly("a");
        _world.Platform.Latency = TimeSpan.FromSeconds(3);
        _world.Poller.Nudge(PollerWorld.Name, "a");
        _world.Advance(1);
        Assert.Single(_world.Platform.Polls);

        _world.Poller.Nudge(PollerWorld.Name, "a");
        _world.Poller.Nudge(PollerWorld.Name, "a");
        _world.Advance(1.9);
        Assert.Single(_world.Platform.Polls);
        _world.Advance(0.2);

        Assert.Equal(2, _world.Platform.Polls.Count());
        _world.Advance(3.2);
        Assert.Equal(2, _world.Platform.Polls.Count());
    }

    [Fact]
    public void Nudge_OfAnUnknownExecution_IsNoError()
    {
        _world.Poller.Nudge(PollerWorld.Name, "nobody");

        _world.Advance(10);

        Assert.Empty(_world.Platform.Requests);
    }

    [Fact]
    public void Nudge_WhileThePlatformFails_DoesNotDisturbIt()
    {
        WatchQuietly("a");
        _world.Platform.Arrives = _ => throw ScriptedConnection.Error(PlatformErrorKind.Transient, 503, TimeSpan.FromSeconds(30));
        _world.Advance(9);
        _world.Clear();

        _world.Poller.Nudge(PollerWorld.Name, "a");
        _world.Advance(15);

        Assert.Empty(_world.Platform.Requests);
    }

    [Fact]
    public void Nudged_GoBeforeTheRest_WhenTheBudgetIsShort()
    {
        _world.Options = _world.Options with { PollsPerMinute = 60 };
        _world.WatchMany(100);
        _world.Advance(30);
        _world.Clear();

        for (var i = 0; i < 8; i++)
        {
            _world.Poller.Nudge(PollerWorld.Name, $"e{i}");
        }

        _world.Advance(10.1);

        var asked = _world.Platform.Polls.Select(poll => poll.Ids[0]).ToList();
        Assert.InRange(asked.Count, 10, 11);
        Assert.Equal(8, Enumerable.Range(0, 8).Count(i => asked.Contains($"run-of-e{i}")));
    }

    [Fact]
    public void Push_CausesAPollAtOnce_AndLengthensTheCadenceWhileItLives()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { Push = true };
        _world.Options = _world.Options with { Cadence = TimeSpan.FromSeconds(2) };
        _world.Watch("a");
        _world.Advance(4);
        _world.Clear();

        _world.Platform.Push("run-of-a");
        _world.Advance(0.01);
        Assert.Single(_world.Platform.Polls);

        _world.Advance(25);
        Assert.InRange(_world.Platform.Polls.Count(), 4, 5);

        // Long without a hint it is polled as ever.
        _world.Advance(20);
        _world.Clear();
        _world.Advance(20);
        Assert.InRange(_world.Platform.Polls.Count(), 9, 11);
    }

    [Fact]
    public void Push_MissedMessages_CauseAPollAtOnce_AndLengthenNothing()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { Push = true };
        _world.Options = _world.Options with { Cadence = TimeSpan.FromSeconds(2) };
        _world.Watch("a");
        _world.Watch("b");
        _world.Advance(4);
        _world.Platform.Push("run-of-b");
        _world.Advance(1);
        _world.Clear();

        _world.Platform.MissPushes("run-of-a");
        _world.Platform.MissPushes("run-of-b");
        _world.Advance(0.01);
        Assert.Equal(2, _world.Platform.Polls.Sum(poll => poll.Ids.Length));
        _world.Clear();
        _world.Advance(20);

        Assert.InRange(_world.Platform.Polls.Count(poll => poll.Ids.Contains("run-of-a")), 9, 11);
        Assert.InRange(_world.Platform.Polls.Count(poll => poll.Ids.Contains("run-of-b")), 9, 11);
    }

    [Fact]
    public void Push_Broken_IsListenedToAgain()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { Push = true };
        _world.Watch("a");
        _world.Advance(1);

        _world.Platform.BreakPush("run-of-a");
        _world.Advance(5);
        Assert.Equal(1, _world.Platform.Listeners);
        _world.Clear();
        _world.Platform.Push("run-of-a");
        _world.Advance(0.01);

        Assert.Single(_world.Platform.Polls);
    }

    [Fact]
    public void Push_ListenedToAgain_LengthensNothingUntilItsFirstMessage()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { Push = true };
        _world.Options = _world.Options with { Cadence = TimeSpan.FromSeconds(2) };
        _world.Watch("a");
        _world.Advance(1);
        _world.Platform.Push("run-of-a");
        _world.Advance(1);

        _world.Platform.BreakPush("run-of-a");
        _world.Advance(8);
        _world.Clear();
        _world.Advance(20);

        Assert.InRange(_world.Platform.Polls.Count(), 9, 11);
    }

    [Fact]
    public void Push_OfAForgottenRun_IsListenedToNoMore()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { Push = true };
        _world.Watch("a");
        _world.Advance(1);
        Assert.Equal(1, _world.Platform.Listeners);

        _world.Poller.Forget(PollerWorld.Name, "a");
        _world.Advance(1);

        Assert.Equal(0, _world.Platform.Listeners);
        Assert.DoesNotContain(_world.Log.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    /// <summary>Has a run watched and its first poll over.</summary>
    private void WatchQuietly(string id)
    {
        _world.Watch(id);
        while (_world.Grains.Observed.Count == 0)
        {
            _world.Advance(0.1);
        }

        _world.Clear();
    }
}
