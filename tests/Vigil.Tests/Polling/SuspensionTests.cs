using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>Refused credentials and operators' pauses.</summary>
public sealed class SuspensionTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Credential_RefusedOnce_IsTriedOnceMoreAndGoesOn()
    {
        _world.Watch("a");
        var refusals = 1;
        _world.Platform.Arrives = _ =>
        {
            if (refusals-- > 0)
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Credential, 401);
            }
        };

        _world.Advance(4);

        Assert.Equal(2, Assert.Single(_world.Grains.Observed).Report.RequestShare);
        Assert.Empty(_world.Grains.ConnectionGrain.Calls);
    }

    [Fact]
    public void Credential_RefusedTwice_SuspendsVisibly_ProbesEverMoreRarely_AndResumesByItself()
    {
        _world.WatchMany(50);
        _world.Advance(4);
        Refuse(PlatformErrorKind.Credential, 401);
        _world.Advance(1);

        Assert.Equal(SuspensionReasons.CredentialRefused, _world.Poller.ReportOf(PollerWorld.Name).Suspended);
        Assert.Equal([$"suspend {SuspensionReasons.CredentialRefused}"], _world.Grains.ConnectionGrain.Calls);
        Assert.Null(_world.Poller.StatusOf(PollerWorld.Name, "e0")?.NextPollAt);

        _world.Clear();
        _world.Advance(600);
        Assert.All(_world.Platform.Requests, asked => Assert.Equal("probe", asked.Operation));
        Assert.InRange(_world.Platform.Requests.Count, 6, 9);
        Assert.True(_world.Platform.Requests[^1].At - _world.Platform.Requests[^2].At > TimeSpan.FromMinutes(2));
        Assert.Equal(50, _world.Grains.Observed.Count);
        Assert.All(_world.Grains.Observed, told => Assert.Equal(AttentionReasons.ConnectionSuspended, told.Report.Attention?.Reason));

        _world.Platform.Arrives = null;
        _world.Advance(330);
        Assert.Null(_world.Poller.ReportOf(PollerWorld.Name).Suspended);
        Assert.False(_world.Grains.ConnectionGrain.Health.Suspended);
        Assert.Equal(50, _world.Platform.Polls.Select(poll => poll.Ids[0]).Distinct().Count());
    }

    [Fact]
    public void Probe_FailingOtherwise_NeitherResumesNorCountsAsARefusal()
    {
        _world.Watch("a");
        Refuse(PlatformErrorKind.Credential, 401);
        _world.Advance(3);
        Refuse(PlatformErrorKind.Transient, 500);
        _world.Advance(30);

        Assert.NotNull(_world.Poller.ReportOf(PollerWorld.Name).Suspended);
        Assert.All(_world.Platform.Requests.Skip(2), asked => Assert.Equal("probe", asked.Operation));
    }

    [Fact]
    public void Forbidden_OtherCallAccepted_IsTheRunsOwn()
    {
        _world.WatchMany(3);
        _world.Platform.Arrives = asked =>
        {
            if (asked.Ids.Contains("run-of-e1"))
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Final, 403);
            }
        };

        _world.Advance(10);

        Assert.Null(_world.Poller.ReportOf(PollerWorld.Name).Suspended);
        Assert.Contains(_world.Platform.Requests, asked => asked.Operation == "probe");
        Assert.All(_world.Grains.Observed.Where(told => told.Report.Error is not null), told => Assert.Equal("e1", told.Execution));
        Assert.Contains(_world.Grains.Observed, told => told.Report.Error is { StatusCode: 403, Kind: PlatformErrorKind.Final });
    }

    [Fact]
    public void Forbidden_OtherCallRefusedToo_SuspendsAndEndsNobody()
    {
        _world.WatchMany(3);
        _world.Advance(4);
        _world.Clear();
        Refuse(PlatformErrorKind.Final, 403);

        _world.Advance(60);

        Assert.Equal(SuspensionReasons.CredentialRefused, _world.Poller.ReportOf(PollerWorld.Name).Suspended);
        Assert.Empty(_world.Grains.Observed);

        _world.Platform.Arrives = null;
        _world.Advance(90);
        Assert.Null(_world.Poller.ReportOf(PollerWorld.Name).Suspended);
    }

    /// <summary>An account that may read its runs, but neither list them nor do what the probe does.</summary>
    [Fact]
    public void Forbidden_ListAndProbeAlone_RunsArePolledById()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { MaxActivePage = 100 };
        _world.Platform.Arrives = asked =>
        {
            if (asked.Operation is "list" or "probe")
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Final, 403);
            }
        };
        _world.WatchMany(3);

        _world.Advance(30);

        Assert.Null(_world.Poller.ReportOf(PollerWorld.Name).Suspended);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Contains(_world.Platform.Polls, poll => poll.Ids.Contains($"run-of-e{i}")));
        Assert.DoesNotContain(_world.Grains.Observed, told => told.Report.Error is not null);
    }

    [Fact]
    public void Forbidden_NothingElseCanBeAsked_EndsNobody()
    {
        _world.Watch("a");
        _world.Advance(4);
        _world.Clear();
        _world.Platform.Arrives = asked => throw (asked.Operation == "probe"
            ? new NotSupportedException()
            : ScriptedConnection.Error(PlatformErrorKind.Final, 403));

        _world.Advance(60);

        Assert.DoesNotContain(_world.Grains.Observed, told => told.Report.Error is not null);
    }

    [Fact]
    public void OperatorsPause_IsHonoured_NeverProbed_AndEndedByTheOperatorAlone()
    {
        _world.WatchMany(5);
        _world.Advance(4);
        _world.Grains.ConnectionGrain.Health = new(true, "maintenance");
        _world.Advance(6);
        Assert.Equal("maintenance", _world.Poller.ReportOf(PollerWorld.Name).Suspended);

        _world.Clear();
        _world.Advance(3600);
        Assert.Empty(_world.Platform.Requests);
        Assert.Empty(_world.Grains.ConnectionGrain.Calls);

        _world.Grains.ConnectionGrain.Health = new(false);
        _world.Advance(8);
        Assert.Equal(5, _world.Platform.Polls.Select(poll => poll.Ids[0]).Distinct().Count());
    }

    [Fact]
    public void OperatorsPause_FromBefore_HoldsFromTheFirstRequest()
    {
        _world.Grains.ConnectionGrain.Health = new(true, "maintenance");
        _world.WatchMany(5);
        _world.Poller.QueueSubmission(PollerWorld.Name, "s", null);

        _world.Advance(60);

        Assert.Empty(_world.Platform.Requests);
        Assert.Empty(_world.Grains.Claims);
    }

    [Fact]
    public void Suspended_ByAnotherSilo_IsFollowedAndProbedToo()
    {
        _world.Watch("a");
        _world.Advance(4);
        _world.Grains.ConnectionGrain.Health = new(true, SuspensionReasons.CredentialRefused);
        _world.Advance(2);
        Assert.Equal(SuspensionReasons.CredentialRefused, _world.Poller.ReportOf(PollerWorld.Name).Suspended);

        _world.Advance(10);

        Assert.Null(_world.Poller.ReportOf(PollerWorld.Name).Suspended);
        Assert.False(_world.Grains.ConnectionGrain.Health.Suspended);
    }

    [Fact]
    public void ConnectionGrain_Unreachable_StopsNothing_AndIsToldLater()
    {
        _world.Grains.ConnectionGrain.Unreachable = true;
        _world.Watch("a");
        _world.Advance(10);
        Assert.Single(_world.Grains.Observed);

        Refuse(PlatformErrorKind.Credential, 401);
        _world.Advance(4);
        Assert.Equal(SuspensionReasons.CredentialRefused, _world.Poller.ReportOf(PollerWorld.Name).Suspended);
        _world.Grains.ConnectionGrain.Unreachable = false;
        _world.Advance(12);

        Assert.True(_world.Grains.ConnectionGrain.Health.Suspended);
    }

    [Fact]
    public async Task Look_WhileSuspended_FailsAtOnce()
    {
        _world.Grains.ConnectionGrain.Health = new(true, "maintenance");
        _world.Watch("a");
        _world.Advance(1);

        var error = await Assert.ThrowsAsync<PlatformException>(() => _world.Poller.LookAsync(PollerWorld.Name, "r", null, default));

        Assert.Equal("connection_suspended", error.Error.Code);
    }

    private void Refuse(PlatformErrorKind kind, int status) => _world.Platform.Arrives = _ => throw ScriptedConnection.Error(kind, status);
}
