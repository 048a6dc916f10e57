using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Queries;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>Whole runs on GloriaMundo as the simulator serves it over HTTP; its ledger is the witness.</summary>
[Collection(AloneCollection.Name)]
public sealed class SimulatedRunTests : IAsyncLifetime
{
    private const string Connection = "gloriamundo";
    private static readonly RunScript Short = StockScripts.Ok with
    {
        Steps = [.. StockScripts.Ok.Steps.Select(step => step with { Duration = new() { Seconds = 0.3 } })],
    };

    private SimulatorHost _simulator = null!;
    private VigilCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient);
        _simulator.Platforms.Scripts.Set(null, "short", Short);
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task Run_ThatSucceeds_HasItsStepsItsOutputAndWhatItUsed()
    {
        await StartClusterAsync(silos: 1);
        var id = VigilCluster.NewId();

        await StartAsync(id, "short");
        await _cluster.Store.EventsUntilEndAsync(id);
        await NothingIsLeftAsync(id);
        var reader = _cluster.Service<ExecutionReader>();
        var execution = (await reader.FindAsync(id))!;
        var steps = (await reader.ListStepsAsync(id)).Items;

        var run = Assert.Single(_simulator.Platforms.LedgerRuns());
        Assert.Equal((ExecutionStatus.Succeeded, run.RunId), (execution.Status, execution.RemoteId));
        Assert.Contains("Five steps done.", execution.Output, StringComparison.Ordinal);
        Assert.NotNull(execution.Usage);
        Assert.NotEmpty(steps);
        Assert.Equal(execution.Steps.Select(step => step.Name), steps.Select(step => step.Name));
        Assert.All(steps, step => Assert.True(step.Status.IsTerminal(), $"Step {step.Name} is {step.Status}."));
    }

    [Fact]
    public async Task Start_WhoseAnswerIsCutAfterActing_IsLostAndNeverSentAgain()
    {
        await StartClusterAsync(silos: 1);
        var id = VigilCluster.NewId();
        _simulator.Platforms.Faults.Add(new() { Kind = FaultKind.Cut, Operation = "start", AfterActing = true });

        await StartAsync(id, "short");
        await _cluster.Store.EventsUntilEndAsync(id);
        var lost = await _cluster.StoredAsync(id);

        Assert.Equal((ExecutionStatus.Lost, "start_unconfirmed"), (lost.Status, lost.Failure?.Reason));
        Assert.Single(_simulator.Platforms.LedgerRuns());
    }

    [Theory]
    [InlineData(402, """{"error":"spend_limit_exceeded","message":"No."}""", ExecutionStatus.Rejected, "spend_limit_exceeded", "No.")]
    [InlineData(402, """{"error":"insufficient_credits","message":"No."}""", ExecutionStatus.Rejected, "insufficient_credits", "No.")]
    [InlineData(308, "", ExecutionStatus.Rejected, "unexpected_redirect", "moved to https://new.test/v2")]
    [InlineData(200, """{"success":false,"error":"quota exceeded"}""", ExecutionStatus.Lost, "start_unconfirmed", "quota exceeded")]
    public async Task Start_AnsweredOddly_EndsWithWhatWasSaid(int answer, string body, ExecutionStatus status, string reason, string detail)
    {
        await StartClusterAsync(silos: 1);
        var id = VigilCluster.NewId();
        _simulator.Platforms.Faults.Add(new()
        {
            Kind = FaultKind.Answer,
            Operation = "start",
            Status = answer,
            Body = body,
            Headers = new Dictionary<string, string> { ["Location"] = "https://new.test/v2?k=1" },
        });

        await StartAsync(id, "short");
        await _cluster.Store.EventsUntilEndAsync(id);
        var ended = await _cluster.StoredAsync(id);

        Assert.Equal((status, reason), (ended.Status, ended.Failure?.Reason));
        Assert.Contains(detail, ended.Failure?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RefusedByAGateway_IsSentAgain()
    {
        await StartClusterAsync(silos: 1);
        var id = VigilCluster.NewId();
        _simulator.Platforms.Faults.Add(new() { Kind = FaultKind.Answer, Operation = "start", Status = 404, ContentType = "text/plain", Body = "404 page not found", Count = 1 });
        _simulator.Platforms.Faults.Add(new()
        {
            Kind = FaultKind.Members,
            Operation = "status",
            Members = new Dictionary<string, string> { ["result"] = """{"text":"{fill}"}""" },
            FillBytes = 17 * 1024 * 1024,
        });

        await StartAsync(id, "short");
        await _cluster.Store.EventsUntilEndAsync(id);

        var ended = await _cluster.StoredAsync(id);
        Assert.Equal((ExecutionStatus.Succeeded, true), (ended.Status, ended.OutputTruncated));
    }

    [Fact]
    public async Task ManyRuns_WhileThePlatformMisbehavesAndASiloDies_EndOnceEach()
    {
        await StartClusterAsync(silos: 2);
        FaultKind[] kinds = [FaultKind.Status, FaultKind.RateLimit, FaultKind.Cut, FaultKind.Malformed, FaultKind.Html, FaultKind.Truncated];
        foreach (var kind in kinds)
        {
            _simulator.Platforms.Faults.Add(new() { Kind = kind, Operation = "status", Probability = 0.05, Seed = (int)kind });
        }

        string[] ids = [.. Enumerable.Range(0, 40).Select(_ => VigilCluster.NewId())];
        await Task.WhenAll(ids.Select(id => StartAsync(id, "short")));

        // A start that dies with its silo before it is confirmed is lost by the connection's policy, so the silo dies when all are.
        foreach (var id in ids)
        {
            await _cluster.Store.EventsUntilAsync(id, stored => stored.Type == ExecutionEventTypes.Started, "the start");
        }

        await _cluster.Host.KillAsync(_cluster.Host.Silos[1]);

        foreach (var id in ids)
        {
            var events = await _cluster.Store.EventsUntilEndAsync(id);
            Assert.Single(events, stored => stored.Type == ExecutionEventTypes.Ended);
            Assert.Equal(ExecutionStatus.Succeeded, (await _cluster.Service<ExecutionReader>().FindAsync(id))!.Status);
        }

        Assert.Equal(ids.Length, _simulator.Platforms.LedgerRuns().Count);
    }

    private async Task StartClusterAsync(short silos) => _cluster = await VigilCluster.StartAsync(silos, cluster => cluster.Connections.Add(new()
    {
        Name = Connection,
        Platform = "gloriamundo",
        BaseAddress = _simulator.AddressOf("gloriamundo"),
        Credential = "any",
        StartsPerMinute = 60_000,
        PollsPerMinute = 60_000,
        Cadence = TimeSpan.FromMilliseconds(200),
    }));

    private Task<StartResult> StartAsync(string id, string target) =>
        _cluster.Execution(id).StartAsync(VigilCluster.Request(target, """{"topic":"x"}""") with { Connection = Connection });

    private Task NothingIsLeftAsync(string id) => Eventually.Async(
        async () => await _cluster.Service<ExecutionReader>().FindAsync(id) is { PendingWork: PendingWork.None }, "nothing is left to do");
}
