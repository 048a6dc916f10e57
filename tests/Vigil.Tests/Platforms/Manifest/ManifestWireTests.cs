using System.Net.Http.Json;
using Vigil.Platforms;
using Vigil.Platforms.Manifest;
using Vigil.Simulator;
using Vigil.Testing;
using Vigil.Tests.Platforms.Manifest.Nats;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Manifest;

/// <summary>The adapter against the simulated platform over real HTTP, and over a real NATS server.</summary>
public sealed class ManifestWireTests : IAsyncLifetime
{
    private Simulated _simulated = null!;
    private IPlatformConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _simulated = await Simulated.StartAsync();
        _connection = _simulated.Connect(new ManifestPlatform([]), ("find_path", "/api/v1/executions?vigil_execution_id={id}"));
    }

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Theory]
    [InlineData("workflow")]
    [InlineData("agent")]
    [InlineData("code_block")]
    public async Task Run_Ok_GoesFromQueuedToSuccess(string kind)
    {
        _simulated.World.Scripts.Set("manifest", "queued-first", StockScripts.Ok with { Queued = new RunDuration { Seconds = 1 } });
        var run = await StartAsync("queued-first", kind);

        Assert.Equal(ExecutionStatus.Pending, (await _connection.SeenAsync(run)).Status);
        _simulated.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ExecutionStatus.Running, (await _connection.SeenAsync(run)).Status);
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));

        var seen = await _connection.SeenAsync(run);
        Assert.Equal((ExecutionStatus.Succeeded, """{"summary":"Five steps done.","items":3}"""), (seen.Status, seen.Output));
        Assert.Equal(new ExecutionUsage(1200, null), seen.Usage);
        var ledger = Assert.Single(_simulated.World.LedgerRuns());
        Assert.Equal((ledger.EndedAt, "execution-1"), (seen.EndedAt, ledger.Marker));
        Assert.Equal(kind, _simulated.World.Runs.All()[0].Target.Kind);
    }

    [Theory]
    [InlineData(RunOutcome.Failed, ExecutionStatus.Failed)]
    [InlineData(RunOutcome.Killed, ExecutionStatus.Terminated)]
    [InlineData(RunOutcome.TimedOut, ExecutionStatus.TimedOut)]
    public async Task Run_OtherEnds_AreToldApart(RunOutcome outcome, ExecutionStatus expected)
    {
        _simulated.World.Scripts.Set(null, "ends", StockScripts.Ok with { Outcome = outcome, Reason = "so it is" });
        var run = await StartAsync("ends");
        _simulated.Time.Advance(TimeSpan.FromSeconds(6));

        var seen = await _connection.SeenAsync(run);

        Assert.Equal((expected, "so it is"), (seen.Status, seen.Failure?.Reason));
    }

    [Fact]
    public async Task Run_OverItsTimeLimit_IsStoppedByThePlatform()
    {
        var connection = _simulated.Connect(new ManifestPlatform([]), ("timeout_seconds", "60"));
        var run = (await connection.SubmitAsync(Connected.Request("agent", "slow-10m"), CancellationToken.None)).RemoteId;

        _simulated.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(ExecutionStatus.TimedOut, (await connection.SeenAsync(run)).Status);
    }

    [Fact]
    public async Task Poll_FreshRun_IsNotFoundUntilThePlatformShowsIt()
    {
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Unknown, UntilSeconds = 20 });
        var run = await StartAsync("slow-10m");

        Assert.IsType<PollAnswer.NotFound>((await _connection.PollAsync([new RemoteRun(run)], CancellationToken.None))[0]);
        _simulated.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(ExecutionStatus.Running, (await _connection.SeenAsync(run)).Status);
    }

    [Fact]
    public async Task Cancel_IsBestEffort()
    {
        var (slow, quick) = (await StartAsync("slow-10m"), await StartAsync("ok-5s"));
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));

        await _connection.CancelAsync(new RemoteRun(slow), "because", CancellationToken.None);
        await _connection.CancelAsync(new RemoteRun(quick), null, CancellationToken.None);

        Assert.Equal(ExecutionStatus.Cancelled, (await _connection.SeenAsync(slow)).Status);
        Assert.Equal(ExecutionStatus.Succeeded, (await _connection.SeenAsync(quick)).Status);
        Assert.Equal(404, (await Connected.FailureOfAsync(() => _connection.CancelAsync(new RemoteRun("nosuch"), null, CancellationToken.None))).StatusCode);
    }

    [Fact]
    public async Task FindStart_AfterAnUnansweredStart_FindsTheRunThatWasStarted()
    {
        await StartAsync("ok-5s");
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Cut, AfterActing = true, Operation = "start" });
        var request = Connected.Request("agent", "ok-5s") with { ExecutionId = "lost-and-found" };
        Assert.False((await Connected.FailureOfAsync(() => _connection.SubmitAsync(request, CancellationToken.None))).CertainlyNotActedOn);

        var found = await _connection.FindStartAsync(request, CancellationToken.None);

        Assert.Equal(_simulated.World.LedgerRuns().Single(run => run.Marker == "lost-and-found").RunId, found?.RemoteId);
        Assert.Null(await _connection.FindStartAsync(request with { ExecutionId = "never-started" }, CancellationToken.None));
    }

    [Fact]
    public async Task Token_ThatRunsOut_IsRefreshed()
    {
        using var login = await _simulated.Http.PostAsJsonAsync(new Uri("manifest/api/v1/auth/login", UriKind.Relative), new { email = "a@b.test", password = "p" });
        var token = (await login.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        var options = Connected.Options("manifest") with { Credential = token, BaseAddress = _simulated.AddressOf("manifest") };
        await using var connection = new PlatformConnection(options, new ManifestPlatform([]), _simulated.Time);
        var run = (await connection.Connection.SubmitAsync(Connected.Request("agent", "slow-10m"), CancellationToken.None)).RemoteId;
        Assert.Equal(0, _simulated.World.Ledger.Count("manifest", "refresh"));

        _simulated.Time.Advance(TimeSpan.FromMinutes(59.5));
        await connection.Connection.SeenAsync(run);
        Assert.Equal((1, 0), (_simulated.World.Ledger.Count("manifest", "refresh"), _simulated.World.Ledger.Count("manifest", status: 401)));
    }

    [Fact]
    public async Task Credential_Revoked_IsTold()
    {
        _simulated.World.AcceptOnly("manifest", "another");

        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => StartAsync("ok-5s"))).Kind);
        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => _connection.ProbeAsync(CancellationToken.None))).Kind);

        _simulated.World.AcceptOnly("manifest");
        await _connection.ProbeAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Key_BesideAToken_DecidesAlone()
    {
        _simulated.World.AcceptOnly("manifest", "good");
        using var request = new HttpRequestMessage(HttpMethod.Get, "manifest/api/v1/executions/nosuch");
        request.Headers.Authorization = new("Bearer", "good");
        request.Headers.Add("X-API-Key", "bad");
        request.Headers.Add("X-Request-ID", "r-1");

        using var answer = await _simulated.Http.SendAsync(request);

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Equal("r-1", answer.Headers.GetValues("X-Request-ID").Single());
    }

    [NatsFact]
    public async Task Listen_RunThatMoves_HintsAtEachStepAndAtTheEnd()
    {
        await using var server = await NatsServer.StartAsync();
        await using var simulated = await Simulated.StartAsync(SimulatorOptions.Lenient with { NatsAddress = new Uri(server.Address) });
        var connection = simulated.Connect(new ManifestPlatform([]), ("nats_url", server.Address));
        Assert.True(connection.Capabilities.Push);
        var run = new RemoteRun((await connection.SubmitAsync(Connected.Request("agent", "ok-5s"), CancellationToken.None)).RemoteId);
        await using var listener = Listener.Start(stop => Subjects(connection, run, stop));

        // Nothing tells from outside when both ends are connected, so time moves until the first hint is heard.
        while (await listener.TryNextAsync(TimeSpan.FromMilliseconds(100)) is not { } first)
        {
            simulated.Time.Advance(TimeSpan.FromMilliseconds(20));
        }

        // Hints are merged while nobody reads them; the last one to come is at the end or after it.
        string? heard;
        do
        {
            simulated.Time.Advance(TimeSpan.FromSeconds(10));
            heard = await listener.TryNextAsync(TimeSpan.FromMilliseconds(100));
        }
        while (heard is null);

        Assert.Contains(heard, new[] { $"exec.events.{run.RemoteId}", $"exec.output.{run.RemoteId}" });
        Assert.Equal(ExecutionStatus.Succeeded, (await connection.SeenAsync(run.RemoteId)).Status);
    }

    [NatsFact]
    public async Task Listen_CancelledRun_HintsAtOnce()
    {
        await using var server = await NatsServer.StartAsync();
        await using var simulated = await Simulated.StartAsync(SimulatorOptions.Lenient with { NatsAddress = new Uri(server.Address) });
        var connection = simulated.Connect(new ManifestPlatform([]), ("nats_url", server.Address));
        var run = new RemoteRun((await connection.SubmitAsync(Connected.Request("agent", "slow-10m"), CancellationToken.None)).RemoteId);
        await using var listener = Listener.Start(stop => Subjects(connection, run, stop));
        while (await listener.TryNextAsync(TimeSpan.FromMilliseconds(100)) is null)
        {
            // A message of nobody's, until it is heard: then both ends are connected.
            await server.PublishAsync($"exec.events.{run.RemoteId}", "{}");
        }

        await listener.DrainAsync();
        await connection.CancelAsync(run, null, CancellationToken.None);

        Assert.StartsWith("exec.", await listener.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NatsServerIsAway_TheRunGoesOnAndBothEndsClose()
    {
        var simulated = await Simulated.StartAsync(SimulatorOptions.Lenient with { NatsAddress = new Uri("nats://127.0.0.1:1") });
        var connection = simulated.Connect(new ManifestPlatform([]), ("nats_url", "nats://127.0.0.1:1"));
        var run = new RemoteRun((await connection.SubmitAsync(Connected.Request("agent", "ok-5s"), CancellationToken.None)).RemoteId);
        var listener = Listener.Start(stop => Subjects(connection, run, stop));
        simulated.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(ExecutionStatus.Succeeded, (await connection.SeenAsync(run.RemoteId)).Status);
        await listener.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        await simulated.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [NatsFact]
    public async Task Listen_ByWildcard_NeedsNoSubscriptionOfEachRun()
    {
        await using var server = await NatsServer.StartConfiguredAsync("max_subscriptions: 2");
        var connection = _simulated.Connect(new ManifestPlatform([]), ("nats_url", server.Address), ("nats_subscriptions", "wildcard"));
        await using var one = Listener.Start(stop => Subjects(connection, new("run-1"), stop));
        await using var two = Listener.Start(stop => Subjects(connection, new("run-2"), stop));

        await NatsSubscriberTests.PublishUntilHeardAsync(server, one, "exec.events.run-1");
        await NatsSubscriberTests.PublishUntilHeardAsync(server, two, "exec.output.run-2");
        await NatsSubscriberTests.PublishUntilHeardAsync(server, one, "exec.output.run-1");
        await NatsSubscriberTests.PublishUntilHeardAsync(server, two, "exec.events.run-2");
    }

    private static async IAsyncEnumerable<string> Subjects(
        IPlatformConnection connection, RemoteRun run, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var hint in connection.ListenAsync(run, stop))
        {
            yield return hint.Subject;
        }
    }

    private async Task<string> StartAsync(string target, string kind = "agent") =>
        (await _connection.SubmitAsync(Connected.Request(kind, target, "{}"), CancellationToken.None)).RemoteId;
}
