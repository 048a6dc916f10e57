using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Agentic;

/// <summary>The adapter against the simulated platform over real HTTP.</summary>
public sealed class AgenticWireTests : IAsyncLifetime
{
    private Simulated _simulated = null!;
    private IPlatformConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _simulated = await Simulated.StartAsync();
        _connection = _simulated.Connect(new AgenticPlatform(), ("tenant_id", "t1"), ("cancel_mutation", "cancelFlowExecution"));
    }

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Fact]
    public async Task Run_Ok_GoesThroughItsStepsToSuccess()
    {
        var run = await StartAsync("ok-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(2.5));
        var midway = await _connection.SeenAsync(run);
        _simulated.Time.Advance(TimeSpan.FromSeconds(2.5));
        var end = await _connection.SeenAsync(run);

        Assert.Equal((ExecutionStatus.Running, 3), (midway.Status, midway.Steps.Length));
        Assert.InRange(midway.Usage!.Tokens!.Value, 1, 1199);
        Assert.Equal((ExecutionStatus.Succeeded, 5), (end.Status, end.Steps.Length));
        Assert.All(end.Steps, step => Assert.Equal(StepStatus.Succeeded, step.Status));
        Assert.Equal(midway.Steps.Select(step => step.Id), end.Steps.Take(3).Select(step => step.Id));
        Assert.Equal(_simulated.World.LedgerRuns()[0].EndedAt, end.EndedAt);
    }

    [Fact]
    public async Task Run_Fail_TellsItsStepAndReason()
    {
        var run = await StartAsync("fail-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));

        var end = await _connection.SeenAsync(run);

        Assert.Equal(ExecutionStatus.Failed, end.Status);
        Assert.Equal("The mail connection has expired.", end.Failure?.Reason);
        Assert.Equal("The mail connection has expired.", end.Steps[2].Failure?.Reason);
    }

    [Theory]
    [InlineData(RunOutcome.Killed, ExecutionStatus.Terminated)]
    [InlineData(RunOutcome.Cancelled, ExecutionStatus.Cancelled)]
    public async Task Run_Outcome_IsThePlatforms(RunOutcome outcome, ExecutionStatus expected)
    {
        _simulated.World.Scripts.Set(null, "t", StockScripts.Ok with { Outcome = outcome });
        var run = await StartAsync("t");
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(expected, (await _connection.SeenAsync(run)).Status);
    }

    [Fact]
    public async Task Cancel_StopsTheRun()
    {
        var run = await StartAsync("slow-10m");
        _simulated.Time.Advance(TimeSpan.FromSeconds(3));

        await _connection.CancelAsync(new RemoteRun(run), null, CancellationToken.None);

        Assert.Equal(ExecutionStatus.Cancelled, (await _connection.SeenAsync(run)).Status);
        Assert.Equal(1, _simulated.World.LedgerRuns()[0].CancelRequests);
        Assert.Equal(PlatformErrorKind.Final, (await Connected.FailureOfAsync(() => _connection.CancelAsync(new RemoteRun(run), null, CancellationToken.None))).Kind);
    }

    [Fact]
    public async Task Batch_OneBadId_LeavesTheOthersAlone()
    {
        var first = await StartAsync("ok-5s");
        var second = await StartAsync("fail-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(10));

        var answers = await _connection.PollAsync(
            [new(first), new("not-an-id"), new(Guid.NewGuid().ToString()), new(second)], CancellationToken.None);

        Assert.Equal(ExecutionStatus.Succeeded, Assert.IsType<PollAnswer.Seen>(answers[0]).Snapshot.Status);
        Assert.IsType<PollAnswer.Unusable>(answers[1]);
        Assert.IsType<PollAnswer.NotFound>(answers[2]);
        Assert.Equal(ExecutionStatus.Failed, Assert.IsType<PollAnswer.Seen>(answers[3]).Snapshot.Status);
        Assert.Equal(1, _simulated.World.Ledger.Count("agentic", "status"));
    }

    [Fact]
    public async Task Batch_OverTheLimit_IsRefusedAndHalfOfItIsNot()
    {
        var run = await StartAsync("ok-5s");
        var many = Enumerable.Repeat(new RemoteRun(run), 60).ToList();

        var error = await Connected.FailureOfAsync(() => _connection.PollAsync(many, CancellationToken.None));

        Assert.Equal(PlatformErrorKind.BatchRefused, error.Kind);
        Assert.Equal(30, (await _connection.PollAsync(many[..30], CancellationToken.None)).Length);
    }

    [Fact]
    public async Task Files_AreListedAtTheEndAndDownloadedWholeAndInParts()
    {
        var run = await StartAsync("files-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await _connection.SeenAsync(run)).Partial);

        var detail = Assert.IsType<PollAnswer.Seen>(await _connection.GetDetailAsync(new RemoteRun(run), CancellationToken.None)).Snapshot;

        var files = detail.Steps.SelectMany(step => step.Files).ToDictionary(file => file.Name);
        Assert.Equal(["report.csv", "summary.json"], files.Keys.Order());
        Assert.Equal("id,total\n1,10\n2,20\n", await ReadAsync(files["report.csv"], null));
        Assert.Equal(files["report.csv"].SizeBytes, 19);
        Assert.Equal("total", await ReadAsync(files["report.csv"], new RangeHeaderValue(3, 7)));
        await using var part = (await _connection.OpenFileAsync(files["report.csv"], new RangeHeaderValue(3, 7), CancellationToken.None)).Body;
        var content = await _connection.OpenFileAsync(files["summary.json"], null, CancellationToken.None);
        await using var body = content.Body;
        Assert.Equal(("application/json", 11L, null), (content.ContentType, content.LengthBytes, content.ContentRange));
    }

    [Fact]
    public async Task Download_RangeOutsideTheFile_IsRefusedWithItsStatus()
    {
        var run = await StartAsync("files-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));
        var detail = Assert.IsType<PollAnswer.Seen>(await _connection.GetDetailAsync(new RemoteRun(run), CancellationToken.None)).Snapshot;

        var error = await Connected.FailureOfAsync(
            () => _connection.OpenFileAsync(detail.Steps[3].Files[0], new RangeHeaderValue(1_000_000, null), CancellationToken.None));

        Assert.Equal((416, PlatformErrorKind.Final), (error.StatusCode, error.Kind));
    }

    [Fact]
    public async Task Download_ThatBreaksOff_EndsWithAnIoError()
    {
        var run = await StartAsync("files-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));
        var detail = Assert.IsType<PollAnswer.Seen>(await _connection.GetDetailAsync(new RemoteRun(run), CancellationToken.None)).Snapshot;
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Truncated, Operation = "download" });

        await Assert.ThrowsAsync<HttpIOException>(() => ReadAsync(detail.Steps[3].Files[0], null));
    }

    [Fact]
    public async Task Download_OfAFileThatIsGone_IsAnError()
    {
        var error = await Connected.FailureOfAsync(
            () => _connection.OpenFileAsync(new ExecutionFile("id", "x", "/no/such", null, null, null), null, CancellationToken.None));

        Assert.Contains("getFileDownloadTokenByPath", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithFiles_UploadsThemFirst()
    {
        var input = new JsonObject
        {
            ["document"] = new JsonObject { ["file_name"] = "in.txt", ["content_base64"] = Convert.ToBase64String("hello"u8) },
            ["title"] = "Q3",
            ["marker"] = "m-7",
        };

        await _connection.SubmitAsync(Connected.Request("flow", "ok-5s", input.ToJsonString()), CancellationToken.None);

        var started = Assert.Single(_simulated.World.Runs.All()).Target;
        Assert.Equal("m-7", started.Marker);
        Assert.Contains("/tenants/t1/execution-1-in.txt", started.Input, StringComparison.Ordinal);

        // Two steps take a title.
        Assert.Equal(2, JsonNode.Parse(started.Input!)!.AsArray().Count(variable => (string?)variable!["variable_value"] == "Q3"));
        var uploaded = new ExecutionFile("id", "in.txt", "/tenants/t1/execution-1-in.txt", null, null, null);
        Assert.Equal("hello", await ReadAsync(uploaded, null));
    }

    [Fact]
    public async Task Start_WithALocalFile_TakesItFromTheUploadDirectoryAlone()
    {
        var folder = Directory.CreateTempSubdirectory("vigil-upload-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "local.txt"), "from disk");
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "link.txt"), "/etc/hostname");
            var connection = _simulated.Connect(new AgenticPlatform(), ("tenant_id", "t1"), ("upload_directory", folder.FullName));

            await connection.SubmitAsync(Connected.Request("flow", "ok-5s", """{ "document": { "local_path": "local.txt" } }"""), CancellationToken.None);

            Assert.Equal("from disk", await ReadAsync(new ExecutionFile("id", "x", "/tenants/t1/execution-1-local.txt", null, null, null), null));
            foreach (var outside in new[] { "../x", "/etc/hostname", "link.txt", "missing.txt" })
            {
                var start = new StartExecution
                {
                    Connection = "c",
                    Target = new("flow", "f"),
                    Input = new JsonObject { ["document"] = new JsonObject { ["local_path"] = outside } }.ToJsonString(),
                };
                Assert.Equal("input.document.local_path", Assert.Single(connection.Check(start)).Field);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("unpublished", """{ "title": "x" }""", "has no published version")]
    [InlineData("ok-5s", """{ "variables": [ { "step_id": "s", "variable_name": "document", "variable_type": "File", "variable_value": "/nowhere" } ] }""", "was not uploaded")]
    public async Task Start_Refused_CertainlyStartedNothing(string flow, string input, string says)
    {
        var error = await Connected.FailureOfAsync(() => _connection.SubmitAsync(Connected.Request("flow", flow, input), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Final, true), (error.Kind, error.CertainlyNotActedOn));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Empty(_simulated.World.Runs.All());
    }

    [Fact]
    public async Task Start_CutAfterActing_IsAmbiguousAndInTheLedger()
    {
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Cut, AfterActing = true, Operation = "start" });

        var error = await Connected.FailureOfAsync(() => StartAsync("ok-5s"));

        Assert.Equal((PlatformErrorKind.Transient, false), (error.Kind, error.CertainlyNotActedOn));
        Assert.Single(_simulated.World.Runs.All());
        Assert.Equal(0, Assert.Single(_simulated.World.Ledger.Requests("agentic", "start")).Status);
    }

    [Fact]
    public async Task Credential_Revoked_IsToldByTheProbe()
    {
        await _connection.ProbeAsync(CancellationToken.None);
        _simulated.World.AcceptOnly("agentic", "another");

        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => _connection.ProbeAsync(CancellationToken.None))).Kind);
    }

    private async Task<string> StartAsync(string flow) =>
        (await _connection.SubmitAsync(Connected.Request("flow", flow), CancellationToken.None)).RemoteId;

    private async Task<string> ReadAsync(ExecutionFile file, RangeHeaderValue? range)
    {
        var content = await _connection.OpenFileAsync(file, range, CancellationToken.None);
        using var reader = new StreamReader(content.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
