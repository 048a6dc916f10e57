using Vigil.Platforms;
using Vigil.Platforms.GloriaMundo;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.GloriaMundo;

/// <summary>The adapter against the simulated platform over real HTTP.</summary>
public sealed class GloriaMundoWireTests : IAsyncLifetime
{
    private Simulated _simulated = null!;
    private IPlatformConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _simulated = await Simulated.StartAsync();
        _connection = _simulated.Connect(new GloriaMundoPlatform());
    }

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Fact]
    public async Task Run_Ok_GoesFromQueuedThroughItsStepsToSuccess()
    {
        _simulated.World.Scripts.Set("gloriamundo", "queued-first", StockScripts.Ok with { Queued = new RunDuration { Seconds = 1 } });
        var run = await StartAsync("queued-first");

        var told = new List<(ExecutionStatus, int?)>();
        for (var second = 0; second <= 6; second++)
        {
            var seen = await _connection.SeenAsync(run);
            told.Add((seen.Status, seen.Progress?.Current));
            _simulated.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [
                (ExecutionStatus.Pending, null), (ExecutionStatus.Running, 1), (ExecutionStatus.Running, 2), (ExecutionStatus.Running, 3),
                (ExecutionStatus.Running, 4), (ExecutionStatus.Running, 5), (ExecutionStatus.Succeeded, 5),
            ],
            told);
        var last = await _connection.SeenAsync(run);
        Assert.Equal("""{"summary":"Five steps done.","items":3}""", last.Output);
        Assert.Equal(15, last.Usage?.CostCents);
        Assert.Equal(_simulated.World.LedgerRuns()[0].EndedAt, last.EndedAt);
    }

    [Fact]
    public async Task Run_Fail_FailsInItsThirdStepWithAReason()
    {
        var run = await StartAsync("fail-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(3));

        var seen = await _connection.SeenAsync(run);

        Assert.Equal((ExecutionStatus.Failed, "The mail connection has expired."), (seen.Status, seen.Failure?.Reason));
        Assert.Equal(new ExecutionProgress(3, 5, 60, "Draft the answer"), seen.Progress);
        Assert.Equal(StepStatus.Failed, seen.Steps[^1].Status);
    }

    [Fact]
    public async Task Run_WaitingForApproval_AwaitsInput()
    {
        _simulated.World.Scripts.Set(null, "approve", StockScripts.Ok with { Steps = [new StepScript { Name = "Ask", AwaitsInput = true }] });

        Assert.Equal(ExecutionStatus.AwaitingInput, (await _connection.SeenAsync(await StartAsync("approve"))).Status);
    }

    [Fact]
    public async Task Start_Refused_CarriesThePlatformsCode()
    {
        _simulated.World.Scripts.Set("gloriamundo", "broke", new RunScript { Refusal = new StartRefusal(402, "spend_limit_exceeded", "The limit is reached.") });

        var error = await Connected.FailureOfAsync(() => StartAsync("broke"));

        Assert.Equal((402, "spend_limit_exceeded", true), (error.StatusCode, error.Code, error.CertainlyNotActedOn));
        Assert.Empty(_simulated.World.Runs.All());
    }

    [Fact]
    public async Task Credential_Revoked_IsTold()
    {
        _simulated.World.AcceptOnly("gloriamundo", "another");

        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => StartAsync("ok-5s"))).Kind);
        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => _connection.ProbeAsync(CancellationToken.None))).Kind);

        _simulated.World.AcceptOnly("gloriamundo");
        await _connection.ProbeAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Poll_UnknownRun_IsNotFound() =>
        Assert.IsType<PollAnswer.NotFound>((await _connection.PollAsync([new RemoteRun("nosuch")], CancellationToken.None))[0]);

    [Theory]
    [InlineData(FaultKind.Status, false, 503, "simulated_fault", 0)]
    [InlineData(FaultKind.Status, true, 503, "simulated_fault", 1)]
    [InlineData(FaultKind.RateLimit, false, 429, "rate_limited", 0)]
    [InlineData(FaultKind.Cut, false, null, "connection_lost", 0)]
    [InlineData(FaultKind.Cut, true, null, "connection_lost", 1)]
    [InlineData(FaultKind.Malformed, true, 200, "unreadable_answer", 1)]
    [InlineData(FaultKind.Truncated, true, null, "unreadable_answer", 1)]
    [InlineData(FaultKind.Html, true, 200, "unreadable_answer", 1)]
    [InlineData(FaultKind.Empty, true, 200, "unreadable_answer", 1)]
    [InlineData(FaultKind.Oversized, true, 200, "unreadable_answer", 1)]
    [InlineData(FaultKind.TruncatedGzip, true, 200, "unreadable_answer", 1)]
    public async Task Start_Faulty_IsAmbiguousUnlessRefused(FaultKind kind, bool afterActing, int? status, string code, int started)
    {
        _simulated.World.Faults.Add(new FaultRule { Kind = kind, AfterActing = afterActing, Operation = "start", RetryAfterSeconds = 7 });

        var error = await Connected.FailureOfAsync(() => StartAsync("ok-5s"));

        Assert.Equal((PlatformErrorKind.Transient, code, status, status == 429), (error.Kind, error.Code, error.StatusCode, error.CertainlyNotActedOn));
        Assert.Equal(status is 503 or 429 ? TimeSpan.FromSeconds(7) : null, error.RetryAfter);
        Assert.Equal(started, _simulated.World.Runs.Count);
    }

    [Fact]
    public async Task Poll_InvalidUtf8_IsMendedAndReadAllTheSame()
    {
        var run = await StartAsync("ok-5s");
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.InvalidUtf8, Operation = "status" });

        Assert.Equal(ExecutionStatus.Running, (await _connection.SeenAsync(run)).Status);
    }

    [Fact]
    public async Task Connection_ThatNobodyAnswers_CertainlyDidNothing()
    {
        // A port that was just free: nobody listens there.
        var gone = await SimulatorHost.StartAsync();
        var address = gone.Address;
        await gone.DisposeAsync();
        await using var connection = new PlatformConnection(
            Connected.Options("gloriamundo") with { BaseAddress = address }, new GloriaMundoPlatform(), TimeProvider.System);

        var error = await Connected.FailureOfAsync(() => connection.Connection.SubmitAsync(Connected.Request("workflow", "w"), CancellationToken.None));

        Assert.Equal(("no_connection", true), (error.Code, error.CertainlyNotActedOn));
    }

    private async Task<string> StartAsync(string target) =>
        (await _connection.SubmitAsync(Connected.Request("workflow", target, """{ "marker": "m" }"""), CancellationToken.None)).RemoteId;
}
