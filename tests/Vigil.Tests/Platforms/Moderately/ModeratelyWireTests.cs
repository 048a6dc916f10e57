using Vigil.Platforms;
using Vigil.Platforms.Moderately;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Moderately;

/// <summary>The adapter against the simulated platform over real HTTP, in both dialects.</summary>
public sealed class ModeratelyWireTests : IAsyncLifetime
{
    private Simulated _simulated = null!;
    private IPlatformConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _simulated = await Simulated.StartAsync();
        _connection = Connect("camel_case");
    }

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Theory]
    [InlineData("camel_case")]
    [InlineData("snake_case")]
    public async Task Run_Ok_GoesThroughItsThoughtsToSuccess(string dialect)
    {
        var connection = Connect(dialect);
        _simulated.World.Scripts.Set("moderately", "queued-first", StockScripts.Ok with { Queued = new RunDuration { Seconds = 1 } });
        var run = await StartAsync("queued-first", connection);

        var told = new List<(ExecutionStatus, int?, int)>();
        for (var second = 0; second <= 6; second++)
        {
            var seen = await connection.SeenAsync(run);
            told.Add((seen.Status, seen.Progress?.Current, seen.Steps.Length));
            _simulated.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [
                (ExecutionStatus.Pending, null, 0), (ExecutionStatus.Running, 1, 1), (ExecutionStatus.Running, 2, 2), (ExecutionStatus.Running, 3, 3),
                (ExecutionStatus.Running, 4, 4), (ExecutionStatus.Running, 5, 5), (ExecutionStatus.Succeeded, 5, 5),
            ],
            told);
        var last = await connection.SeenAsync(run);
        Assert.Equal("""{"summary":"Five steps done.","items":3}""", last.Output);
        Assert.Equal(_simulated.World.LedgerRuns()[0].EndedAt, last.EndedAt);
        Assert.Equal("m", _simulated.World.LedgerRuns()[0].Marker);
    }

    [Fact]
    public async Task Run_FailedOrPaused_IsTold()
    {
        _simulated.World.Scripts.Set(null, "ask", StockScripts.Ok with { Steps = [new StepScript { Name = "Ask", AwaitsInput = true }] });
        var (failing, request) = (await StartAsync("fail-5s"), await StartAsync("ask"));

        Assert.Equal(ExecutionStatus.AwaitingInput, (await _connection.SeenAsync(request)).Status);
        _simulated.Time.Advance(TimeSpan.FromSeconds(3));

        var seen = await _connection.SeenAsync(failing);
        Assert.Equal((ExecutionStatus.Failed, "no_reason_given", 3), (seen.Status, seen.Failure?.Reason, seen.Steps.Length));
    }

    [Fact]
    public async Task Poll_Hundred_IsOneRequest()
    {
        var runs = await StartManyAsync(100);

        var answers = await _connection.PollAsync([.. runs.Select(id => new RemoteRun(id))], CancellationToken.None);

        Assert.Equal(100, answers.Length);
        Assert.All(answers, answer => Assert.Equal(ExecutionStatus.Running, Assert.IsType<PollAnswer.Seen>(answer).Snapshot.Status));
        var request = Assert.Single(_simulated.World.Ledger.Requests("moderately", "status_many"));
        Assert.Equal(runs.Order(), request.RunIds.Order());
    }

    [Fact]
    public async Task Poll_SizeThatThePlatformRefuses_CanBeHalvedUntilItIsTaken()
    {
        var runs = (await StartManyAsync(8)).Select(id => new RemoteRun(id)).ToArray();
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Status, Status = 413, MoreThanRuns = 4 });

        Assert.Equal(PlatformErrorKind.BatchRefused, (await Connected.FailureOfAsync(() => _connection.PollAsync(runs, CancellationToken.None))).Kind);
        Assert.All(await _connection.PollAsync(runs[..4], CancellationToken.None), answer => Assert.IsType<PollAnswer.Seen>(answer));
    }

    [Fact]
    public async Task Poll_OneBadIdAmongMany_IsFoundBySplitting()
    {
        var run = await StartAsync("ok-5s");

        Assert.Equal(
            PlatformErrorKind.BatchRefused,
            (await Connected.FailureOfAsync(() => _connection.PollAsync([new(run), new("bad id")], CancellationToken.None))).Kind);
        Assert.IsType<PollAnswer.NotFound>((await _connection.PollAsync([new("bad id")], CancellationToken.None))[0]);
        var answers = await _connection.PollAsync([new(run), new("unknown-but-wellformed")], CancellationToken.None);
        Assert.IsType<PollAnswer.Seen>(answers[0]);
        Assert.IsType<PollAnswer.NotFound>(answers[1]);
    }

    [Theory]
    [InlineData("camel_case")]
    [InlineData("snake_case")]
    public async Task ListActive_PageByPage_HasEveryRunThatHasNotEnded(string dialect)
    {
        var connection = Connect(dialect);
        _simulated.World.Scripts.Set(null, "ask", StockScripts.Ok with { Steps = [new StepScript { Name = "Ask", AwaitsInput = true, Duration = new() { Seconds = 60 } }] });
        _simulated.World.Scripts.Set(null, "wait", StockScripts.Ok with { Queued = new RunDuration { Seconds = 60 } });
        var ended = await StartManyAsync(3);
        _simulated.Time.Advance(TimeSpan.FromSeconds(10));
        string[] active = [.. await StartManyAsync(7), await StartAsync("ask"), await StartAsync("wait")];

        var (runs, pages) = await ListAllAsync(connection, pageSize: 3);

        Assert.Equal(active.Order(), runs.Order());
        Assert.DoesNotContain(ended[0], runs);
        Assert.Equal(dialect == "camel_case" ? 3 : 5, pages);
    }

    [Theory]
    [InlineData(FaultKind.RepeatOnPages, 7, 6)]
    [InlineData(FaultKind.ShiftPages, 5, 5)]
    public async Task ListActive_PagesThatShift_RepeatOrMissRunsAndSayNothingWrong(FaultKind kind, int listed, int different)
    {
        await StartManyAsync(6);
        _simulated.World.Faults.Add(new FaultRule { Kind = kind, Operation = "list", Count = 1 });

        var (runs, _) = await ListAllAsync(_connection, pageSize: 3);

        Assert.Equal((listed, different), (runs.Count, runs.Distinct().Count()));
    }

    [Theory]
    [InlineData("camel_case")]
    [InlineData("snake_case")]
    public async Task ListRuns_ByStatusAndTarget_HasThoseRuns(string dialect)
    {
        var connection = Connect(dialect);
        string[] ended = [await StartAsync("ok"), await StartAsync("fail-5s"), await StartAsync("other")];
        _simulated.Time.Advance(TimeSpan.FromSeconds(10));
        var active = await StartAsync("slow-10m");

        var all = await ListRunsAsync(connection, new());
        var finished = await ListRunsAsync(connection, new() { Statuses = [ExecutionStatus.Succeeded, ExecutionStatus.Failed], Targets = ["ok", "fail-5s"] });
        var ofTarget = await ListRunsAsync(connection, new() { Targets = ["slow-10m"] });

        Assert.Equal([.. ended.Append(active).Order()], all.Select(run => run.RemoteId).Order());
        Assert.Equal(ended.Take(2).Order(), finished.Select(run => run.RemoteId).Order());
        var slow = Assert.Single(ofTarget);
        Assert.Equal((active, new ExecutionTarget("agent", "slow-10m"), _simulated.Time.GetUtcNow()), (slow.RemoteId, slow.Target, slow.CreatedAt));
    }

    [Theory]
    [InlineData("camel_case")]
    [InlineData("snake_case")]
    public async Task ListRuns_OfPipelines_HasNoAgents(string dialect)
    {
        var connection = Connect(dialect);
        await StartAsync("ok-5s");
        var ended = (await _connection.SubmitAsync(Connected.Request("pipeline", "ok-5s"), CancellationToken.None)).RemoteId;
        _simulated.Time.Advance(TimeSpan.FromSeconds(10));
        var active = (await _connection.SubmitAsync(Connected.Request("pipeline", "slow-10m"), CancellationToken.None)).RemoteId;

        var all = await ListRunsAsync(connection, new() { Kind = "pipeline" });
        var finished = await ListRunsAsync(connection, new() { Kind = "pipeline", Statuses = [ExecutionStatus.Succeeded], Targets = ["ok-5s", "slow-10m"] });
        var ofTarget = await ListRunsAsync(connection, new() { Kind = "pipeline", Targets = ["slow-10m"] });

        Assert.Equal([active, ended], all.Select(run => run.RemoteId));
        Assert.Equal(ended, Assert.Single(finished).RemoteId);
        Assert.Equal((active, new ExecutionTarget("pipeline", "slow-10m")), (Assert.Single(ofTarget).RemoteId, ofTarget[0].Target));
    }

    [Fact]
    public void Check_RunFilterOfAnotherPlatform_NamesWhatIsAllowed()
    {
        var errors = RunListFilters.Check(new ModeratelyPlatform(), _connection, new() { CreatedAfter = DateTimeOffset.UnixEpoch, Statuses = [ExecutionStatus.Running] });

        Assert.Equal(new FieldError("created_after", "is not a filter of platform 'moderately'; allowed: status, target."), Assert.Single(errors));
    }

    [Fact]
    public async Task Cancel_Running_StopsItAndEndedIsRefused()
    {
        var run = await StartAsync("slow-10m");
        _simulated.Time.Advance(TimeSpan.FromSeconds(1));

        await _connection.CancelAsync(new RemoteRun(run), "because", CancellationToken.None);

        var seen = await _connection.SeenAsync(run);
        Assert.Equal((ExecutionStatus.Cancelled, StepStatus.Cancelled), (seen.Status, seen.Steps[^1].Status));
        var error = await Connected.FailureOfAsync(() => _connection.CancelAsync(new RemoteRun(run), null, CancellationToken.None));
        Assert.Equal((PlatformErrorKind.Final, 409, "conflict"), (error.Kind, error.StatusCode, error.Code));
        Assert.True(_connection.Capabilities.Cancel);
    }

    [Fact]
    public async Task Cancel_PlatformWithoutThePath_IsRememberedAsUnsupportedForTenMinutes()
    {
        var run = await StartAsync("slow-10m");
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Status, Status = 404, Operation = "cancel" });

        var error = await Connected.FailureOfAsync(() => _connection.CancelAsync(new RemoteRun(run), null, CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Final, "cancel_not_supported"), (error.Kind, error.Code));
        Assert.False(_connection.Capabilities.Cancel);
        await Assert.ThrowsAsync<NotSupportedException>(() => _connection.CancelAsync(new RemoteRun(run), null, CancellationToken.None));
        Assert.Equal(1, _simulated.World.Ledger.Count("moderately", "cancel"));

        _simulated.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(_connection.Capabilities.Cancel);
    }

    [Fact]
    public async Task Cancel_UnknownRun_SaysNothingOfThePath()
    {
        var error = await Connected.FailureOfAsync(() => _connection.CancelAsync(new RemoteRun("nosuch"), null, CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Final, 404), (error.Kind, error.StatusCode));
        Assert.True(_connection.Capabilities.Cancel);
    }

    [Fact]
    public async Task Start_Refused_IsFinalAndNothingRuns()
    {
        _simulated.World.Scripts.Set("moderately", "broken", new RunScript { Refusal = new StartRefusal(404, "AGENT_NOT_FOUND", "There is no such agent.") });

        var error = await Connected.FailureOfAsync(() => StartAsync("broken"));

        Assert.Equal((PlatformErrorKind.Final, "agent_not_found", true), (error.Kind, error.Code, error.CertainlyNotActedOn));
        Assert.Equal(0, _simulated.World.Runs.Count);
    }

    [Theory]
    [InlineData(FaultKind.Status, 503, false)]
    [InlineData(FaultKind.RateLimit, 429, true)]
    [InlineData(FaultKind.Cut, null, false)]
    [InlineData(FaultKind.Truncated, null, false)]
    [InlineData(FaultKind.Html, 200, false)]
    public async Task Start_Faulty_IsAmbiguousUnlessRefused(FaultKind kind, int? status, bool certain)
    {
        _simulated.World.Faults.Add(new FaultRule { Kind = kind, Operation = "start" });

        var error = await Connected.FailureOfAsync(() => StartAsync("ok-5s"));

        Assert.Equal((PlatformErrorKind.Transient, status, certain), (error.Kind, error.StatusCode, error.CertainlyNotActedOn));
        Assert.Equal(1, _simulated.World.Ledger.Count("moderately", "start"));
    }

    [Fact]
    public async Task Credential_Revoked_IsTold()
    {
        _simulated.World.AcceptOnly("moderately", "another");

        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => StartAsync("ok-5s"))).Kind);
        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => _connection.ProbeAsync(CancellationToken.None))).Kind);

        _simulated.World.AcceptOnly("moderately");
        await _connection.ProbeAsync(CancellationToken.None);
    }

    private IPlatformConnection Connect(string dialect) => _simulated.Connect(new ModeratelyPlatform(), ("team_id", "t"), ("dialect", dialect));

    private async Task<string> StartAsync(string target, IPlatformConnection? connection = null) =>
        (await (connection ?? _connection).SubmitAsync(Connected.Request("agent", target, """{ "marker": "m" }"""), CancellationToken.None)).RemoteId;

    private async Task<string[]> StartManyAsync(int count)
    {
        var runs = new List<string>();
        for (var i = 0; i < count; i++)
        {
            runs.Add(await StartAsync("ok-5s"));
        }

        return [.. runs];
    }

    private static async Task<(List<string> Runs, int Pages)> ListAllAsync(IPlatformConnection connection, int pageSize)
    {
        var (runs, pages) = (new List<string>(), 0);
        string? cursor = null;
        do
        {
            var page = await connection.ListActiveAsync(cursor, pageSize, CancellationToken.None);
            runs.AddRange(page.Runs.Select(run => run.Key));
            cursor = page.NextCursor;
            pages++;
        }
        while (cursor is not null && pages < 100);
        return (runs, pages);
    }

    private static async Task<List<ListedRun>> ListRunsAsync(IPlatformConnection connection, RunFilter filter)
    {
        var runs = new List<ListedRun>();
        string? cursor = null;
        do
        {
            var page = await connection.ListRunsAsync(filter, cursor, 2, CancellationToken.None);
            runs.AddRange(page.Runs);
            cursor = page.NextCursor;
        }
        while (cursor is not null && runs.Count < 100);
        return runs;
    }
}
