using Vigil.Grains.Lifecycle;
using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>Polls that cannot be used are told to the execution: once when that begins, and once when it ends.</summary>
public sealed class AttentionTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public AttentionTests()
    {
        _world.Watch("a");
        _world.Advance(40);
        _world.Clear();
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Errors_AreToldAtTheThird_AndAgainWhenTheyEnd()
    {
        _world.Platform.Arrives = _ => throw ScriptedConnection.Error(PlatformErrorKind.Transient, 502);
        _world.Advance(300);

        var told = Assert.Single(_world.Grains.Observed).Report;
        Assert.Equal((AttentionReasons.PollsFail, "scripted (HTTP 502): As the test says."), (told.Attention?.Reason, told.Attention?.LastError));
        _world.Clear();

        _world.Platform.Arrives = null;
        _world.Advance(40);
        var ended = Assert.IsType<LifecycleInput.Observed>(Assert.Single(_world.Grains.Observed).Report);
        Assert.Null(ended.Attention);
    }

    [Fact]
    public void Errors_OfOtherKinds_AreToldWhenTheyPersist()
    {
        var polls = 0;
        _world.Platform.Arrives = _ =>
        {
            if (polls++ % 2 == 0)
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Transient, 502);
            }
        };
        _world.Platform.Runs.Clear();
        _world.Advance(300);
        Assert.Single(_world.Grains.Observed.Select(told => told.Report.Attention?.Reason).OfType<string>().Distinct());

        _world.Platform.Arrives = _ => throw ScriptedConnection.Error(PlatformErrorKind.Transient, 502);
        _world.Advance(200);
        Assert.Equal(AttentionReasons.PollsFail, _world.Grains.Observed[^1].Report.Attention?.Reason);
    }

    [Fact]
    public void UnknownStatus_WithAnEnd_IsToldAfterAWhile()
    {
        var odd = ScriptedConnection.Running() with { RawStatus = "archived", UnknownStatus = true, EndedAt = _world.Time.GetUtcNow() };
        _world.Platform.Runs["run-of-a"] = new PollAnswer.Seen(odd, Hash: 7);

        _world.Advance(25);
        Assert.All(_world.Grains.Observed, told => Assert.Null(told.Report.Attention));
        _world.Advance(10);

        var report = Assert.IsType<LifecycleInput.Observed>(_world.Grains.Observed[^1].Report);
        Assert.Equal(AttentionReasons.UnknownStatus, report.Attention?.Reason);
        Assert.Contains("'archived'", report.Attention!.LastError, StringComparison.Ordinal);
        Assert.Equal(2, _world.Grains.Observed.Count);
    }

    [Fact]
    public void UnknownStatus_WithoutAnEnd_IsNotTold()
    {
        _world.Platform.See("run-of-a", ScriptedConnection.Running() with { RawStatus = "archived", UnknownStatus = true });

        _world.Advance(120);

        Assert.All(_world.Grains.Observed, told => Assert.Null(told.Report.Attention));
    }

    [Fact]
    public void Suspension_ThatLasts_IsToldOnce_AndEndsWithIt()
    {
        _world.Grains.ConnectionGrain.Health = new(true, SuspensionReasons.Paused);
        _world.Advance(50);
        Assert.Empty(_world.Grains.Observed);

        _world.Advance(600);
        var told = Assert.Single(_world.Grains.Observed).Report.Attention;
        Assert.Equal((AttentionReasons.ConnectionSuspended, "The connection is suspended: paused."), (told?.Reason, told?.LastError));
        _world.Clear();

        _world.Grains.ConnectionGrain.Health = new(Suspended: false);
        _world.Advance(20);
        Assert.Null(Assert.IsType<LifecycleInput.Observed>(Assert.Single(_world.Grains.Observed).Report).Attention);
    }

    [Fact]
    public void Attention_ThatWaitsBehindAnObservation_IsNotLost()
    {
        _world.Grains.Latency = TimeSpan.FromSeconds(60);
        _world.Platform.See("run-of-a", ScriptedConnection.Running("1"));
        _world.Advance(3);
        _world.Platform.See("run-of-a", ScriptedConnection.Running("2"));
        _world.Advance(3);
        _world.Platform.Arrives = _ => throw ScriptedConnection.Error(PlatformErrorKind.Transient, 502);

        _world.Advance(180);

        Assert.Equal(AttentionReasons.PollsFail, _world.Grains.Observed[^1].Report.Attention?.Reason);
    }
}
