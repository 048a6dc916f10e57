using System.Net.Http.Json;
using Vigil.Platforms;
using Vigil.Platforms.Moderately;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Moderately;

/// <summary>Pipeline executions, the second kind of target, against the simulated platform over real HTTP.</summary>
public sealed class ModeratelyPipelineTests : IAsyncLifetime
{
    private static readonly ExecutionTarget Pipeline = new("pipeline", "p");
    private static readonly RunScript Stored = StockScripts.Ok with { Steps = [new StepScript { Name = "Only" }] };

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
    public async Task Run_Ok_GoesThroughItsStepsToSuccessAndHasItsOutput(string dialect)
    {
        var connection = Connect(dialect);
        var run = await StartAsync("ok-5s", connection);

        var told = new List<(ExecutionStatus, int?, int?, double?)>();
        for (var second = 0; second <= 5; second++)
        {
            var seen = await SeenAsync(run, connection);
            told.Add((seen.Status, seen.Progress?.Current, seen.Progress?.Total, seen.Progress?.Percentage));
            _simulated.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [
                (ExecutionStatus.Running, 1, 5, 20.0), (ExecutionStatus.Running, 2, 5, 40.0), (ExecutionStatus.Running, 3, 5, 60.0),
                (ExecutionStatus.Running, 4, 5, 80.0), (ExecutionStatus.Running, 5, 5, 100.0), (ExecutionStatus.Succeeded, 5, 5, 100.0),
            ],
            told);
        var last = await SeenAsync(run, connection);
        Assert.Equal("""{"summary":"Five steps done.","items":3}""", last.Output);
        Assert.Equal(("ok-5s", 5, false), (last.Target?.Id, last.Steps.Length, last.Partial));
        Assert.Equal(_simulated.World.LedgerRuns()[0].EndedAt, last.EndedAt);
    }

    [Theory]
    [InlineData("pipelineOutput")]
    [InlineData("data")]
    public async Task Output_ThatIsNoJson_IsSaidToLackAPart(string member)
    {
        var run = await StartAsync("ok-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(10));
        _simulated.World.Faults.Add(member == "data"
            ? new() { Kind = FaultKind.Answer, Platform = "moderately", Operation = "output", Body = """{"type":"inline","data":{"a":NaN}}""" }
            : new() { Kind = FaultKind.Members, Platform = "moderately", Members = new Dictionary<string, string> { [member] = """{"a":NaN}""" } });
        if (member == "data")
        {
            _simulated.World.Faults.Add(new() { Kind = FaultKind.Members, Platform = "moderately", Operation = "status", Members = new Dictionary<string, string> { ["pipelineOutput"] = "null" } });
        }

        var detail = await DetailAsync(run);

        Assert.Equal(("""{"a":"NaN"}""", true), (detail.Output, detail.OutputTruncated));
    }

    [Fact]
    public async Task Start_SendsWhatTheOpenApiDocumentDemands()
    {
        await _connection.SubmitAsync(
            Connected.Request("pipeline", "ok-5s", """{ "q": 1 }""") with { Metadata = ImmutableDictionary<string, string>.Empty.Add("summary", "Invoices") }, CancellationToken.None);

        var page = await _simulated.Http.GetFromJsonAsync<JsonElement>("/moderately/pipeline-executions?teamIds=t");
        var started = Assert.Single(page.GetProperty("items").EnumerateArray());
        Assert.Equal(("ok-5s", "Invoices"), (started.GetProperty("pipelineConfigurationVersionId").GetString(), started.GetProperty("pipelineInputSummary").GetString()));
        Assert.Equal(1, started.GetProperty("pipelineInput").GetProperty("q").GetInt32());
        Assert.Equal(18, started.EnumerateObject().Count());
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    [InlineData(0, false)]
    public void Check_Summary_MayHaveAThousandCharacters(int length, bool isAllowed)
    {
        var request = new StartExecution
        {
            Connection = "c",
            Target = Pipeline,
            Metadata = ImmutableDictionary<string, string>.Empty.Add("summary", new string('s', length)),
        };

        Assert.Equal(isAllowed ? [] : ["metadata.summary"], _connection.Check(request, null).Select(error => error.Field));
    }

    [Fact]
    public async Task Run_Failed_HasTheReasonFromItsProgress()
    {
        var run = await StartAsync("fail-5s");
        _simulated.Time.Advance(TimeSpan.FromSeconds(3));

        var seen = await SeenAsync(run);

        Assert.Equal((ExecutionStatus.Failed, "The mail connection has expired.", false), (seen.Status, seen.Failure?.Reason, seen.Partial));
        Assert.Equal((3, StepStatus.Failed), (seen.Steps.Length, seen.Steps[^1].Status));
    }

    [Theory]
    [InlineData("""{ "error": "one" }""", "one")]
    [InlineData("""{ "errors": [ "one", { "code": 2 } ] }""", """one; { "code": 2 }""")]
    [InlineData("""{ "error": { "code": 2 } }""", """{ "code": 2 }""")]
    [InlineData("[]", "no_reason_given")]
    public async Task Run_Failed_ReasonInAnyOfItsShapes_IsRead(string progress, string expected)
    {
        var body = $$"""{ "pipelineExecutionId": "r", "status": "failed", "progressData": {{progress}} }""";
        var connection = new ModeratelyPlatform().To(new StubPlatform(_ => StubPlatform.Json(body)), Connected.Options("moderately", ("team_id", "t")));

        Assert.Equal(expected, (await SeenAsync("r", connection)).Failure?.Reason);
    }

    [Theory]
    [InlineData(OutputCompression.None)]
    [InlineData(OutputCompression.Gzip)]
    [InlineData(OutputCompression.Brotli)]
    public async Task StoredOutput_Json_IsFetchedWithoutTheCredential(OutputCompression compression)
    {
        var run = await EndedAsync(new() { Compression = compression });

        var first = Assert.IsType<PollAnswer.Seen>(Assert.Single(await _connection.PollAsync([new(run, Pipeline)], CancellationToken.None))).Snapshot;
        var whole = await DetailAsync(run);

        Assert.Equal((ExecutionStatus.Succeeded, true, null), (first.Status, first.Partial, first.Output));
        Assert.Equal((ExecutionStatus.Succeeded, false, """{"summary":"Five steps done.","items":3}"""), (whole.Status, whole.Partial, whole.Output));

        // The simulated storage refuses a request that has a signature and a credential.
        Assert.Equal(1, _simulated.World.Ledger.Count("moderately", "output_download", 200));
    }

    [Theory]
    [InlineData(OutputFileType.Json, OutputCompression.Lz4, "output.json.lz4")]
    [InlineData(OutputFileType.Csv, OutputCompression.Gzip, "output.csv")]
    [InlineData(OutputFileType.Parquet, OutputCompression.None, "output.parquet")]
    [InlineData(OutputFileType.Binary, OutputCompression.Brotli, "output.bin")]
    [InlineData(OutputFileType.Json, OutputCompression.None, "output.json")]
    public async Task StoredOutput_ThatIsNoReadableJson_IsDescribedAndCanBeDownloaded(OutputFileType type, OutputCompression compression, string name)
    {
        var run = await EndedAsync(new() { FileType = type, Compression = compression, Text = "id,total\n1,10\n" });

        var whole = await DetailAsync(run);

        var file = Assert.Single(whole.Steps[^1].Files);
        var output = JsonElement.Parse(whole.Output!);
        Assert.Equal((name, "file", file.Id), (file.Name, output.GetProperty("type").GetString(), output.GetProperty("file_id").GetString()));
        Assert.Equal((whole.Steps[^1].Id, file.SizeBytes), (file.StepId, output.GetProperty("size_bytes").GetInt64()));
        Assert.DoesNotContain("signature", JsonSerializer.Serialize(whole), StringComparison.OrdinalIgnoreCase);

        using var reader = new StreamReader((await _connection.OpenFileAsync(file, range: null, CancellationToken.None)).Body);
        Assert.Equal("id,total\n1,10\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task StoredOutput_LongerThanAnAnswerMayBe_IsDescribed()
    {
        var run = await EndedAsync(new() { Compression = OutputCompression.Gzip, Text = $"\"{new string('x', PlatformHttp.MaxResponseBytes)}\"" });

        Assert.Single((await DetailAsync(run)).Steps[^1].Files);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(503)]
    public async Task StoredOutput_RefusedByTheStorage_IsTriedAgainAndSaysNothingOfTheCredential(int status)
    {
        var run = await EndedAsync(new());
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Status, Status = status, Operation = "output_download" });

        var error = await Connected.FailureOfAsync(() => DetailAsync(run));

        Assert.Equal((PlatformErrorKind.Transient, "output_unavailable", null), (error.Kind, error.Code, error.StatusCode));
        Assert.DoesNotContain("signature", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("ftp://far.test/x")]
    [InlineData("http://far.test/x")]
    [InlineData("/x")]
    public async Task StoredOutput_AddressThatIsNotHttps_IsNotFetched(string address)
    {
        var far = new StubPlatform(request => StubPlatform.Json(request.RequestUri!.AbsolutePath.EndsWith("/output", StringComparison.Ordinal)
            ? $$"""{ "type": "s3", "downloadUrl": "{{address}}", "metadata": { "fileType": "json" } }"""
            : """{ "pipelineExecutionId": "r", "status": "completed" }"""));
        var connection = new ModeratelyPlatform().To(far, Connected.Options("moderately", ("team_id", "t")));

        var error = await Connected.FailureOfAsync(() => connection.GetDetailAsync(new("r", Pipeline), CancellationToken.None));

        Assert.Equal(("unreadable_answer", 2), (error.Code, far.Requests.Count));
    }

    [Fact]
    public async Task Run_SucceededWithoutOutput_IsWhole()
    {
        _simulated.World.Scripts.Set(null, "silent", Stored with { Output = null });
        var run = await StartAsync("silent");
        _simulated.Time.Advance(TimeSpan.FromSeconds(1));

        var whole = await DetailAsync(run);

        Assert.Equal((ExecutionStatus.Succeeded, false, null), (whole.Status, whole.Partial, whole.Output));
        Assert.Equal(1, _simulated.World.Ledger.Count("moderately", "output", 404));
    }

    [Fact]
    public async Task Poll_Hundred_IsOneRequestForOneKind()
    {
        var runs = new List<RemoteRun>();
        for (var i = 0; i < 100; i++)
        {
            runs.Add(new(await StartAsync("ok-5s"), Pipeline));
        }

        var answers = await _connection.PollAsync(runs, CancellationToken.None);

        Assert.All(answers, answer => Assert.Equal(ExecutionStatus.Running, Assert.IsType<PollAnswer.Seen>(answer).Snapshot.Status));
        Assert.Equal(runs.Select(run => run.RemoteId).Order(), Assert.Single(_simulated.World.Ledger.Requests("moderately", "status_many")).RunIds.Order());
        await Assert.ThrowsAsync<ArgumentException>(() => _connection.PollAsync([runs[0], new("a", new("agent", "a"))], CancellationToken.None));
    }

    [Fact]
    public async Task Poll_IdsThatMakeTheAddressTooLong_AreSplit()
    {
        RemoteRun[] runs = [.. Enumerable.Range(0, 20).Select(i => new RemoteRun($"{i}{new string('x', 450)}", Pipeline))];

        var error = await Connected.FailureOfAsync(() => _connection.PollAsync(runs, CancellationToken.None));

        Assert.Equal((PlatformErrorKind.BatchRefused, "address_too_long"), (error.Kind, error.Code));
        Assert.Equal(0, _simulated.World.Ledger.Total);
    }

    [Fact]
    public async Task BatchKey_KeepsKindsApart_AndARunOfUnknownKindAlone()
    {
        Assert.Equal(_connection.BatchKey(new("1", Pipeline)), _connection.BatchKey(new("2", new("pipeline", "other"))));
        Assert.Equal(3, new[] { new RemoteRun("1", Pipeline), new("2", new("agent", "a")), new("3") }.Select(_connection.BatchKey).Distinct().Count());

        // It is looked up as both.
        var run = await StartAsync("ok-5s");
        var seen = Assert.IsType<PollAnswer.Seen>(Assert.Single(await _connection.PollAsync([new(run)], CancellationToken.None))).Snapshot;
        Assert.Equal(new ExecutionTarget("pipeline", "ok-5s"), seen.Target);
        Assert.IsType<PollAnswer.NotFound>(Assert.Single(await _connection.PollAsync([new("nosuch")], CancellationToken.None)));
    }

    [Fact]
    public async Task Cancel_PassesTheReasonOn_AndAnEndedRunIsSaidToHaveEnded()
    {
        var run = await StartAsync("slow-10m");

        await _connection.CancelAsync(new(run, Pipeline), new string('r', 600), CancellationToken.None);

        Assert.Equal(ExecutionStatus.Cancelled, (await SeenAsync(run)).Status);
        var error = await Connected.FailureOfAsync(() => _connection.CancelAsync(new(run, Pipeline), null, CancellationToken.None));
        Assert.Equal((PlatformErrorKind.Final, 400, "already_ended"), (error.Kind, error.StatusCode, error.Code));
    }

    [Fact]
    public async Task Cancel_PlatformThatCannotCancelAgents_StillCancelsPipelines()
    {
        var agent = (await _connection.SubmitAsync(Connected.Request("agent", "slow-10m"), CancellationToken.None)).RemoteId;
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Status, Status = 405, Operation = "cancel", Target = "slow-10m", Count = 1 });
        await Connected.FailureOfAsync(() => _connection.CancelAsync(new(agent, new("agent", "slow-10m")), null, CancellationToken.None));

        Assert.False(_connection.Capabilities.CanCancel(new("agent", "a")));
        Assert.True(_connection.Capabilities.CanCancel(Pipeline));
        var run = await StartAsync("slow-10m");
        await _connection.CancelAsync(new(run), "adopted", CancellationToken.None);
        Assert.Equal(ExecutionStatus.Cancelled, (await SeenAsync(run)).Status);
    }

    [Fact]
    public async Task ListActive_HasPipelines_OnceOneIsWatched()
    {
        var connection = Connect("snake_case");
        var other = await _connection.SubmitAsync(Connected.Request("pipeline", "slow-10m"), CancellationToken.None);
        Assert.Empty(await ListAllAsync(connection));

        var run = await StartAsync("slow-10m", connection);

        Assert.Equal(new[] { run, other.RemoteId }.Order(), (await ListAllAsync(connection)).Order());
    }

    [Theory]
    [InlineData("orderBy=startedAt", "0 1 2")]
    [InlineData("orderDirection=desc", "2 1 0")]
    [InlineData("orderBy=updatedAt&orderDirection=desc", "0 2 1")]
    [InlineData("pageSize=2&page=2", "2")]
    [InlineData("status=running&pageSize=1000", "0 1 2")]
    [InlineData("statuses=completed,failed", "")]
    [InlineData("pipelineIds=slow-10m", "1")]
    [InlineData("pipelineConfigurationVersionIds=slow-10m,fail-5s", "1 2")]
    public async Task Simulated_List_HasTheFiltersAndOrdersOfThePlatform(string query, string expected)
    {
        var runs = new List<string>();
        foreach (var target in new[] { "ok-5s", "slow-10m", "fail-5s" })
        {
            runs.Add(await StartAsync(target));
            await _connection.SubmitAsync(Connected.Request("agent", target), CancellationToken.None);
            _simulated.Time.Advance(TimeSpan.FromSeconds(0.9));
        }

        var page = await _simulated.Http.GetFromJsonAsync<JsonElement>($"/moderately/pipeline-executions?{query}");

        Assert.Equal(
            expected,
            string.Join(' ', page.GetProperty("items").EnumerateArray().Select(item => runs.IndexOf(item.GetProperty("pipelineExecutionId").GetString()!))));
    }

    [Theory]
    [InlineData("pageSize=1001")]
    [InlineData("pageSize=0")]
    [InlineData("orderBy=name")]
    [InlineData("orderDirection=up")]
    [InlineData("status=nosuch")]
    public async Task Simulated_List_WrongQuery_Is400(string query) =>
        Assert.Equal(400, (int)(await _simulated.Http.GetAsync($"/moderately/pipeline-executions?{query}")).StatusCode);

    [Fact]
    public async Task Simulated_KindsHavePathsOfTheirOwn()
    {
        var run = await StartAsync("ok-5s");

        Assert.Equal(404, (int)(await _simulated.Http.GetAsync($"/moderately/agent-executions/{run}")).StatusCode);
        Assert.Equal(404, (int)(await _simulated.Http.GetAsync($"/moderately/pipeline-executions/{run}/output")).StatusCode);
    }

    private IPlatformConnection Connect(string dialect) => _simulated.Connect(new ModeratelyPlatform(), ("team_id", "t"), ("dialect", dialect));

    private async Task<string> StartAsync(string target, IPlatformConnection? connection = null) =>
        (await (connection ?? _connection).SubmitAsync(Connected.Request("pipeline", target), CancellationToken.None)).RemoteId;

    private async Task<string> EndedAsync(StoredOutputScript stored)
    {
        _simulated.World.Scripts.Set(null, "stored", Stored with { StoredOutput = stored });
        var run = await StartAsync("stored");
        _simulated.Time.Advance(TimeSpan.FromSeconds(1));
        return run;
    }

    private async Task<Snapshot> SeenAsync(string run, IPlatformConnection? connection = null) => Assert.IsType<PollAnswer.Seen>(
        Assert.Single(await (connection ?? _connection).PollAsync([new(run, Pipeline)], CancellationToken.None))).Snapshot;

    private async Task<Snapshot> DetailAsync(string run) =>
        Assert.IsType<PollAnswer.Seen>(await _connection.GetDetailAsync(new(run, Pipeline), CancellationToken.None)).Snapshot;

    private static async Task<List<string>> ListAllAsync(IPlatformConnection connection)
    {
        var runs = new List<string>();
        string? cursor = null;
        do
        {
            var page = await connection.ListActiveAsync(cursor, 100, CancellationToken.None);
            runs.AddRange(page.Runs.Select(run => run.Key));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return runs;
    }
}
