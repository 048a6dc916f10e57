using Vigil.Platforms;
using Vigil.Platforms.Cognite;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Cognite;

/// <summary>The adapter against the simulated platform over real HTTP.</summary>
public sealed class CogniteWireTests : IAsyncLifetime
{
    private Simulated _simulated = null!;
    private IPlatformConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _simulated = await Simulated.StartAsync();
        _connection = _simulated.Connect(new CognitePlatform(), ("project", "p"));
    }

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Fact]
    public async Task Run_Ok_GoesThroughItsTasksToSuccess()
    {
        _simulated.World.Scripts.Set("cognite", "queued-first", StockScripts.Ok with { Queued = new RunDuration { Seconds = 1 } });
        var run = await StartAsync("queued-first");

        var told = new List<(ExecutionStatus, int?, int)>();
        for (var second = 0; second <= 6; second++)
        {
            var seen = await _connection.SeenAsync(run);
            told.Add((seen.Status, seen.Progress?.Current, seen.Steps.Count(step => step.Status == StepStatus.Succeeded)));
            _simulated.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [
                (ExecutionStatus.Running, 1, 0), (ExecutionStatus.Running, 1, 0), (ExecutionStatus.Running, 2, 1), (ExecutionStatus.Running, 3, 2),
                (ExecutionStatus.Running, 4, 3), (ExecutionStatus.Running, 5, 4), (ExecutionStatus.Succeeded, 5, 5),
            ],
            told);
        var last = await _connection.SeenAsync(run);
        Assert.Equal(100, last.Progress?.Percentage);
        Assert.Equal(_simulated.World.LedgerRuns()[0].EndedAt?.ToUnixTimeMilliseconds(), last.EndedAt?.ToUnixTimeMilliseconds());
        Assert.Equal(["Read the request"], last.Steps[1].DependsOn.AsEnumerable());
        Assert.Equal(new ExecutionTarget("workflow", "queued-first", "1"), last.Target);
    }

    [Fact]
    public async Task Run_GraphOfEveryKindOfTask_IsRead()
    {
        _simulated.World.Scripts.Set("cognite", "graph", new RunScript
        {
            Steps =
            [
                new() { Name = "a", Kind = "function" },
                new() { Name = "b", Kind = "transformation", DependsOn = ["a"] },
                new() { Name = "c", Kind = "cdf", DependsOn = ["a"], Fails = true, Optional = true, Reason = "no matter" },
                new() { Name = "d", Kind = "dynamic", DependsOn = ["b", "c"] },
                new() { Name = "e", Kind = "subworkflow", DependsOn = [] },
                new() { Name = "f", Kind = "simulation", DependsOn = ["d"], Fails = true, Reason = "too hot" },
            ],
        });
        var run = await StartAsync("graph");
        _simulated.Time.Advance(TimeSpan.FromSeconds(60));

        var seen = await _connection.SeenAsync(run);

        Assert.Equal(
            [
                ("function", StepStatus.Succeeded), ("transformation", StepStatus.Succeeded), ("cdf", StepStatus.SucceededWithErrors),
                ("dynamic", StepStatus.Succeeded), ("subworkflow", StepStatus.Succeeded), ("simulation", StepStatus.Failed),
            ],
            seen.Steps.Select(step => (step.Kind!, step.Status)));
        Assert.Equal(["b", "c"], seen.Steps[3].DependsOn.AsEnumerable());
        Assert.Equal(new ExecutionFailure("too hot", "Task f: too hot"), seen.Failure);
    }

    [Fact]
    public async Task Run_IdWithASlash_IsEscapedAndFound()
    {
        var run = await StartAsync("foo/x");

        Assert.Equal("foo/x", (await _connection.SeenAsync(run)).Target?.Id);
    }

    [Theory]
    [InlineData(RunOutcome.TimedOut, ExecutionStatus.TimedOut)]
    [InlineData(RunOutcome.Killed, ExecutionStatus.Terminated)]
    [InlineData(RunOutcome.Failed, ExecutionStatus.Failed)]
    public async Task Run_OtherEnds_AreToldApart(RunOutcome outcome, ExecutionStatus expected)
    {
        _simulated.World.Scripts.Set(null, "ends", StockScripts.Ok with { Outcome = outcome, Reason = "so it is" });
        var run = await StartAsync("ends");
        _simulated.Time.Advance(TimeSpan.FromSeconds(6));

        var seen = await _connection.SeenAsync(run);

        Assert.Equal((expected, "so it is"), (seen.Status, seen.Failure?.Reason));
    }

    [Fact]
    public async Task Cancel_Running_TerminatesWithTheReason()
    {
        var run = await StartAsync("slow-10m");
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));

        await _connection.CancelAsync(new RemoteRun(run), new string('r', 600), CancellationToken.None);

        var seen = await _connection.SeenAsync(run);
        Assert.Equal((ExecutionStatus.Terminated, "TERMINATED", new string('r', 500)), (seen.Status, seen.RawStatus, seen.Failure?.Reason));
        Assert.Equal("CANCELED", seen.Steps[0].RawStatus);
        var again = await Connected.FailureOfAsync(() => _connection.CancelAsync(new RemoteRun(run), null, CancellationToken.None));
        Assert.Equal((PlatformErrorKind.Final, 400), (again.Kind, again.StatusCode));
    }

    [Fact]
    public async Task Cancel_WithoutAReason_HasThePlatformsOwn()
    {
        var run = await StartAsync("slow-10m");
        await _connection.CancelAsync(new RemoteRun(run), " ", CancellationToken.None);

        Assert.Equal("cancelled", (await _connection.SeenAsync(run)).Failure?.Reason);
    }

    [Fact]
    public async Task Retry_Failed_RunsAgainUnderItsIdAndSucceeds()
    {
        var run = await StartAsync("fail-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ExecutionStatus.Failed, (await _connection.SeenAsync(run)).Status);

        await _connection.RetryAsync(new RemoteRun(run), CancellationToken.None);

        var seen = await _connection.SeenAsync(run);
        Assert.Equal(ExecutionStatus.Running, seen.Status);

        // What succeeded is not run again: the third task is at work at once.
        Assert.Equal([StepStatus.Succeeded, StepStatus.Succeeded, StepStatus.Running, StepStatus.Pending, StepStatus.Pending], seen.Steps.Select(step => step.Status));
        _simulated.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(ExecutionStatus.Succeeded, (await _connection.SeenAsync(run)).Status);
        Assert.Equal(2, _simulated.World.LedgerRuns()[0].Attempt);
        Assert.Equal(2, _simulated.World.Ledger.Count("cognite", "session"));
    }

    [Fact]
    public async Task Retry_RunningOrUnknown_IsRefused()
    {
        var run = await StartAsync("slow-10m");

        Assert.Equal(400, (await Connected.FailureOfAsync(() => _connection.RetryAsync(new RemoteRun(run), CancellationToken.None))).StatusCode);
        Assert.Equal(404, (await Connected.FailureOfAsync(() => _connection.RetryAsync(new RemoteRun("nosuch"), CancellationToken.None))).StatusCode);
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("b5b1ea07-6b7c-4a4e-9a24-000000000000")]
    public async Task Poll_UnknownOrMalformedId_IsNotFound(string id)
    {
        Assert.IsType<PollAnswer.NotFound>((await _connection.PollAsync([new RemoteRun(id)], CancellationToken.None))[0]);

        // The first 400 is checked by another request; after that the connection is known to be in order.
        Assert.IsType<PollAnswer.NotFound>((await _connection.PollAsync([new RemoteRun(id)], CancellationToken.None))[0]);
        Assert.Equal((2, 1), (_simulated.World.Ledger.Count("cognite", "status"), _simulated.World.Ledger.Count("cognite", "list")));
    }

    [Fact]
    public async Task Poll_EveryRequestRefusedWith400_SaysNothingOfTheRun()
    {
        var run = await StartAsync("slow-10m");
        await using var fresh = new PlatformConnection(
            Connected.Options("cognite", ("project", "p")) with { BaseAddress = _simulated.AddressOf("cognite") }, new CognitePlatform(), TimeProvider.System);
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Status, Status = 400 });

        var error = await Connected.FailureOfAsync(() => fresh.Connection.PollAsync([new RemoteRun(run)], CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, 400, "bad_request"), (error.Kind, error.StatusCode, error.Code));
    }

    [Fact]
    public async Task ListActive_PageByPage_HasEveryRunThatHasNotEndedWithoutItsTasks()
    {
        await StartManyAsync(3, "ok-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(10));
        var active = await StartManyAsync(7, "ok-5s");

        var (runs, pages) = await ListAllAsync(pageSize: 3);

        Assert.Equal(active, runs.Select(run => run.Key));
        Assert.All(runs, run => Assert.True(run.Value is { Partial: true, Steps.IsEmpty: true, Status: ExecutionStatus.Running }));
        Assert.Equal(3, pages);
    }

    [Theory]
    [InlineData(FaultKind.RepeatOnPages, 7, 6)]
    [InlineData(FaultKind.ShiftPages, 5, 5)]
    public async Task ListActive_PagesThatShift_RepeatOrMissRunsAndSayNothingWrong(FaultKind kind, int listed, int different)
    {
        await StartManyAsync(6, "ok-5s");
        _simulated.World.Faults.Add(new FaultRule { Kind = kind, Operation = "list", Count = 1 });

        var (runs, _) = await ListAllAsync(pageSize: 3);

        Assert.Equal((listed, different), (runs.Count, runs.DistinctBy(run => run.Key).Count()));
    }

    [Fact]
    public async Task ListActive_CursorOfAnotherQuestion_IsRefused()
    {
        await StartManyAsync(3, "ok-5s");
        var page = await _connection.ListActiveAsync(null, 1, CancellationToken.None);

        Assert.NotNull(page.NextCursor);
        Assert.Equal(400, (await Connected.FailureOfAsync(() => _connection.ListActiveAsync("nonsense", 1, CancellationToken.None))).StatusCode);
    }

    [Theory]
    [InlineData(FaultKind.Cut)]
    [InlineData(FaultKind.Status)]
    [InlineData(FaultKind.Truncated)]
    public async Task FindStart_AfterAnUnansweredStart_FindsTheRunThatWasStarted(FaultKind kind)
    {
        await StartManyAsync(3, "ok-5s");
        _simulated.World.Faults.Add(new FaultRule { Kind = kind, AfterActing = true, Operation = "start", Count = 1 });
        var request = Connected.Request("workflow", "ok-5s", version: "1") with { ExecutionId = "lost-and-found", FirstSentAt = _simulated.Time.GetUtcNow() };
        var error = await Connected.FailureOfAsync(() => _connection.SubmitAsync(request, CancellationToken.None));
        Assert.False(error.CertainlyNotActedOn);

        var found = await _connection.FindStartAsync(request, CancellationToken.None);

        Assert.Equal(_simulated.World.LedgerRuns().Single(run => run.Marker == "lost-and-found").RunId, found?.RemoteId);
        Assert.Null(await _connection.FindStartAsync(request with { ExecutionId = "never-started" }, CancellationToken.None));
    }

    [Fact]
    public async Task Start_NonceUsedTwice_IsRefused()
    {
        // What a client does that sends the same start again after an answer was lost.
        var nonce = """{"authentication":{"nonce":"made-up"}}""";

        using var answer = await _simulated.Http.PostAsync(
            new Uri("api/v1/projects/p/workflows/w/versions/1/run", UriKind.Relative), new StringContent(nonce));

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("nonce", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(answer.Headers.Contains("x-request-id"));
    }

    [Fact]
    public async Task ClientCredentials_TokenIsFetchedOnceAndAgainWhenItIsRefused()
    {
        var connection = ConnectAsClient();

        var run = (await connection.SubmitAsync(Connected.Request("workflow", "slow-10m", version: "1"), CancellationToken.None)).RemoteId;
        await connection.SeenAsync(run);
        Assert.Equal(1, _simulated.World.Ledger.Count("cognite", "token"));

        _simulated.World.Faults.Add(new() { Kind = FaultKind.ExpireTokens });
        await connection.SeenAsync(run);
        await connection.SeenAsync(run);

        Assert.Equal(2, _simulated.World.Ledger.Count("cognite", "token"));
        Assert.Equal(1, _simulated.World.Ledger.Count("cognite", "status", 401));
    }

    [Fact]
    public async Task ClientCredentials_SecretRefused_IsACredentialErrorAndStartsNothing()
    {
        _simulated.World.AcceptOnly("cognite", "another");

        var error = await Connected.FailureOfAsync(
            () => ConnectAsClient().SubmitAsync(Connected.Request("workflow", "ok-5s", version: "1"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Credential, "invalid_client", true), (error.Kind, error.Code, error.CertainlyNotActedOn));
        Assert.DoesNotContain(Connected.Secret, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _simulated.World.Runs.Count);
    }

    [Fact]
    public async Task ClientCredentials_IdentityProviderDown_IsTransientAndStartsNothing()
    {
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Cut, Operation = "token" });

        var error = await Connected.FailureOfAsync(
            () => ConnectAsClient().SubmitAsync(Connected.Request("workflow", "ok-5s", version: "1"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, true), (error.Kind, error.CertainlyNotActedOn));
    }

    [Fact]
    public async Task Credential_Revoked_IsTold()
    {
        _simulated.World.AcceptOnly("cognite", "another");

        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => StartAsync("ok-5s"))).Kind);
        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => _connection.ProbeAsync(CancellationToken.None))).Kind);

        _simulated.World.AcceptOnly("cognite");
        await _connection.ProbeAsync(CancellationToken.None);
    }

    private IPlatformConnection ConnectAsClient() => _simulated.Connect(
        new CognitePlatform(), ("project", "p"), ("token_url", new Uri(_simulated.AddressOf("cognite"), "oauth2/token").AbsoluteUri), ("client_id", "c"), ("scopes", "s"));

    [Fact]
    public async Task ListRuns_ByStatusWorkflowAndTime_HasThoseRunsAndTheMarkerOfOurs()
    {
        var ended = await StartManyAsync(3, "ok");
        var other = await StartAsync("slow-10m");
        _simulated.Time.Advance(TimeSpan.FromMinutes(2));
        var late = await StartAsync("slow-10m");

        var page = await _connection.ListRunsAsync(new() { Statuses = [ExecutionStatus.Succeeded] }, null, 2, CancellationToken.None);
        var next = await _connection.ListRunsAsync(new() { Statuses = [ExecutionStatus.Succeeded] }, page.NextCursor, 2, CancellationToken.None);
        var slow = await _connection.ListRunsAsync(new() { Targets = ["slow-10m", "none"], Version = "1" }, null, 100, CancellationToken.None);
        var created = await _connection.ListRunsAsync(new() { CreatedAfter = _simulated.Time.GetUtcNow().AddMinutes(-1) }, null, 100, CancellationToken.None);

        Assert.Equal(ended, page.Runs.Concat(next.Runs).Select(run => run.RemoteId));
        Assert.Null(next.NextCursor);
        Assert.Equal([other, late], slow.Runs.Select(run => run.RemoteId));
        var last = Assert.Single(created.Runs);
        Assert.Equal((late, "execution-1", _simulated.Time.GetUtcNow()), (last.RemoteId, last.Marker, last.CreatedAt));
        Assert.Equal(("RUNNING", new ExecutionTarget("workflow", "slow-10m", "1")), (last.Snapshot?.RawStatus, last.Target));
    }

    [Fact]
    public async Task ListRuns_OfATrigger_AreThoseThatItStarted()
    {
        using var response = await _simulated.Http.PostAsync(
            new Uri(_simulated.AddressOf("cognite"), "api/v1/projects/p/sessions"), new StringContent("""{"items":[{"tokenExchange":true}]}"""));
        var nonce = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("items")[0].GetProperty("nonce").GetString();
        using var upserted = await _simulated.Http.PostAsync(
            new Uri(_simulated.AddressOf("cognite"), "api/v1/projects/p/workflows/triggers"),
            new StringContent($$"""{"externalId":"every/day","workflowExternalId":"ok","workflowVersion":"3","triggerRule":{"triggerType":"schedule","cronExpression":"0 0 * * *"},"authentication":{"nonce":"{{nonce}}"} }"""));
        Assert.True(upserted.IsSuccessStatusCode);
        var first = _simulated.World.FireTrigger("every/day");
        _simulated.World.Scripts.Set("cognite", "ok", StockScripts.Ok with { Refusal = new(400) });
        _simulated.World.FireTrigger("every/day");
        _simulated.World.Scripts.Set("cognite", "ok", StockScripts.Ok);
        _simulated.Time.Advance(TimeSpan.FromMinutes(1));
        var last = _simulated.World.FireTrigger("every/day");

        var filter = new RunFilter { Trigger = "every/day" };
        var newest = await _connection.ListRunsAsync(filter, null, 1, CancellationToken.None);
        var refused = await _connection.ListRunsAsync(filter, newest.NextCursor, 1, CancellationToken.None);
        var oldest = await _connection.ListRunsAsync(filter, refused.NextCursor, 1, CancellationToken.None);

        Assert.Equal(new ListedRun(last!, null, new("workflow", "ok", "3"), _simulated.Time.GetUtcNow()), Assert.Single(newest.Runs));
        Assert.Empty(refused.Runs);
        Assert.Equal(first, Assert.Single(oldest.Runs).RemoteId);
        Assert.Null(oldest.NextCursor);
        var unknown = await Connected.FailureOfAsync(() => _connection.ListRunsAsync(new() { Trigger = "none" }, null, 1, CancellationToken.None));
        Assert.Equal((PlatformErrorKind.Final, 404), (unknown.Kind, unknown.StatusCode));
    }

    [Fact]
    public void Check_RunFilterThatDoesNotFit_NamesTheField()
    {
        var platform = new CognitePlatform();

        Assert.Equal(["status"], Fields(new() { Statuses = [ExecutionStatus.Pending] }));
        Assert.Equal(["version"], Fields(new() { Version = "1" }));
        Assert.Equal(["trigger"], Fields(new() { Trigger = "t", Targets = ["w"] }));
        Assert.Equal(["kind", "target"], Fields(new() { Kind = "agent", Targets = ["a,b"] }));
        Assert.Empty(Fields(new() { Kind = "workflow", Targets = ["w"], Version = "1", Statuses = [ExecutionStatus.Running] }));

        string[] Fields(RunFilter filter) => [.. RunListFilters.Check(platform, _connection, filter).Select(error => error.Field)];
    }

    private async Task<string> StartAsync(string target) =>
        (await _connection.SubmitAsync(Connected.Request("workflow", target, "{}", "1"), CancellationToken.None)).RemoteId;

    private async Task<string[]> StartManyAsync(int count, string target)
    {
        var runs = new List<string>();
        for (var i = 0; i < count; i++)
        {
            runs.Add(await StartAsync(target));
        }

        return [.. runs];
    }

    private async Task<(List<KeyValuePair<string, Snapshot>> Runs, int Pages)> ListAllAsync(int pageSize)
    {
        var (runs, pages) = (new List<KeyValuePair<string, Snapshot>>(), 0);
        string? cursor = null;
        do
        {
            var page = await _connection.ListActiveAsync(cursor, pageSize, CancellationToken.None);
            runs.AddRange(page.Runs);
            cursor = page.NextCursor;
            pages++;
        }
        while (cursor is not null && pages < 100);
        return (runs, pages);
    }
}
