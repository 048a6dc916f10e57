using System.Net;
using System.Net.Http.Json;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Simulator;

public sealed class SimulatorTests : IAsyncLifetime
{
    private const string Download = "mutation { getFileDownloadTokenByPath(path: \"/tenants/t/a.txt\") }";

    private Simulated _simulated = null!;

    private HttpClient Http => _simulated.Http;

    public async Task InitializeAsync() => _simulated = await Simulated.StartAsync();

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Fact]
    public async Task Platform_IsServedUnderItsNameAndAtTheRoot()
    {
        var run = await StartAsync("/api/v1/workflows/w/execute");

        Assert.Equal("running", (await GetAsync($"/gloriamundo/api/v1/runs/{run}/status")).GetProperty("status").GetString());
        Assert.Equal("running", (await GetAsync($"/api/v1/runs/{run}/status")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Admin_ScriptsFaultsAndLedger_WorkFromOutside()
    {
        await PostAsync("/_sim/scripts", """{ "platform": "gloriamundo", "target": "t", "script": { "steps": [ { "name": "only", "duration": 3 } ], "output": { "a": 1 } } }""");
        await PostAsync("/_sim/faults", """{ "id": "gone", "kind": "unknown", "until_seconds": 2 }""");
        var run = await StartAsync("/gloriamundo/api/v1/workflows/t/execute");

        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync($"/gloriamundo/api/v1/runs/{run}/status")).StatusCode);
        _simulated.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("completed", (await GetAsync($"/gloriamundo/api/v1/runs/{run}/status")).GetProperty("status").GetString());

        var ledger = await GetAsync($"/_sim/ledger?run={run}");
        Assert.Equal([200, 404, 200], ledger.GetProperty("requests").EnumerateArray().Select(request => request.GetProperty("status").GetInt32()));
        var ledgerRun = Assert.Single((await GetAsync("/_sim/ledger/runs")).EnumerateArray());
        Assert.Equal(("m-1", "succeeded", 2), (
            ledgerRun.GetProperty("marker").GetString(), ledgerRun.GetProperty("phase").GetString(), ledgerRun.GetProperty("polls").GetInt32()));
        Assert.Equal(1, (await GetAsync("/_sim/faults"))[0].GetProperty("strikes").GetInt32());
    }

    [Theory]
    [InlineData("/_sim/faults", """{ "kind": "nosuch" }""")]
    [InlineData("/_sim/faults", """{ "kind": "cut", "colour": "red" }""")]
    [InlineData("/_sim/scripts", """{ "target": "t" }""")]
    [InlineData("/_sim/scripts", "[")]
    public async Task Admin_WrongBody_Is400(string path, string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await Http.PostAsync(path, new StringContent(body))).StatusCode);

    [Fact]
    public async Task Reset_ForgetsAllThatHasHappenedAndAllThatWasOrdered()
    {
        await PostAsync("/_sim/scripts", """{ "target": "t", "script": { "steps": [] } }""");
        await PostAsync("/_sim/faults", """{ "kind": "cut", "platform": "cognite" }""");
        await PostAsync("/_sim/credentials", """{ "platform": "manifest", "accepted": [ "another" ] }""");
        var run = await StartAsync("/gloriamundo/api/v1/workflows/t/execute");
        var upload = await GraphQlAsync("mutation { fileUploadToken(fileName: \"a.txt\", tenantId: \"t\") { token } }");
        using var form = new MultipartFormDataContent { { new StringContent("hello"), "file", "a.txt" } };
        var token = upload.GetProperty("data").GetProperty("fileUploadToken").GetProperty("token").GetString();
        (await Http.PostAsync($"/agentic/files/upload?upload-token={token}", form)).EnsureSuccessStatusCode();
        Assert.NotEqual(JsonValueKind.Null, (await GraphQlAsync(Download)).GetProperty("data").GetProperty("getFileDownloadTokenByPath").ValueKind);

        await PostAsync("/_sim/reset", "");

        Assert.Equal(JsonValueKind.Null, (await GraphQlAsync(Download)).GetProperty("data").GetProperty("getFileDownloadTokenByPath").ValueKind);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync($"/gloriamundo/api/v1/runs/{run}/status")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/manifest/api/v1/executions/nosuch")).StatusCode);
        var left = await GetAsync("/_sim");
        Assert.Equal((0, 0), (left.GetProperty("runs").GetInt32(), left.GetProperty("faults").GetArrayLength()));
        Assert.Equal(5, _simulated.World.Scripts.For("gloriamundo", "t").Steps.Length);
    }

    [Fact]
    public async Task Ledger_TellsHowOftenTheSameMarkerWasStarted()
    {
        await StartAsync("/api/v1/workflows/w/execute");
        await StartAsync("/api/v1/workflows/w/execute");

        Assert.All(_simulated.World.LedgerRuns(), run => Assert.Equal(2, run.Starts));
        Assert.Equal(2, _simulated.World.Ledger.Count("gloriamundo", "start", 200));
    }

    [Fact]
    public async Task FlipFlop_EverySecondAnswerTellsThePast()
    {
        var run = await StartAsync("/api/v1/workflows/w/execute");
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.FlipFlop });
        _simulated.Time.Advance(TimeSpan.FromSeconds(6));

        var told = new List<string?>();
        for (var i = 0; i < 4; i++)
        {
            told.Add((await GetAsync($"/api/v1/runs/{run}/status")).GetProperty("status").GetString());
        }

        Assert.Equal(["completed", "running", "completed", "running"], told);
    }

    [Fact]
    public async Task Probability_WithTheSameSeed_StrikesTheSameCalls()
    {
        var first = await StrikesAsync(seed: 42);
        var second = await StrikesAsync(seed: 42);
        var other = await StrikesAsync(seed: 43);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        Assert.InRange(first.Count(status => status == 503), 5, 35);
    }

    [Fact]
    public async Task Limits_WhenKept_AnswerTheSixtyFirstPollWith429()
    {
        await using var strict = await Simulated.StartAsync(new SimulatorOptions());

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 61; i++)
        {
            statuses.Add((await strict.Http.GetAsync("/api/v1/runs/r/status")).StatusCode);
        }

        Assert.All(statuses.Take(60), status => Assert.Equal(HttpStatusCode.NotFound, status));
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[60]);
        strict.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.NotFound, (await strict.Http.GetAsync("/api/v1/runs/r/status")).StatusCode);
    }

    [Fact]
    public async Task Limits_AreThoseOfEachKey_AndTenForStarts()
    {
        await using var strict = await Simulated.StartAsync(new SimulatorOptions());
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await strict.Http.PostAsJsonAsync("/api/v1/workflows/ok-5s/execute", new { })).StatusCode);
        }

        var refused = await strict.Http.PostAsJsonAsync("/api/v1/workflows/ok-5s/execute", new { });
        Assert.Equal((HttpStatusCode.TooManyRequests, null), (refused.StatusCode, refused.Headers.RetryAfter));
        strict.Http.DefaultRequestHeaders.Authorization = new("Bearer", "another");
        Assert.Equal(HttpStatusCode.OK, (await strict.Http.PostAsJsonAsync("/api/v1/workflows/ok-5s/execute", new { })).StatusCode);
    }

    [Theory]
    [InlineData("/gloriamundo/api/v1/workflows/ok-5/execute", "{}")]
    [InlineData("/manifest/api/v1/workflows/ok-5/executions", """{ "input_data": {} }""")]
    [InlineData("/moderately/agent-executions", """{ "agent_id": "ok-5" }""")]
    [InlineData("/moderately/agent-executions", """{ "agentConfigurationVersionId": "ok-5", "agentInput": {}, "agentInputSummary": "s" }""")]
    [InlineData("/moderately/pipeline-executions", """{ "pipelineConfigurationVersionId": "ok-5", "pipelineInput": {}, "pipelineInputSummary": "s" }""")]
    [InlineData("/cognite/api/v1/projects/p/workflows/ok-5/versions/1/run", """{ "authentication": { "nonce": "n" } }""")]
    [InlineData("/agentic/graphql", """{ "query": "mutation { executeFlow(flowId: \"ok-5\", tenantId: \"t\") { id } }" }""")]
    public async Task UnknownTarget_IsNotFound_UnlessAScriptSaysOtherwise(string path, string body)
    {
        await using var strict = await Simulated.StartAsync(new SimulatorOptions());
        Task<HttpResponseMessage> Start() => strict.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.NotFound, (await Start()).StatusCode);
        Assert.Equal(0, strict.World.Runs.Count);

        strict.World.Scripts.Set(null, null, StockScripts.Ok);
        Assert.NotEqual(HttpStatusCode.NotFound, (await Start()).StatusCode);
    }

    [Fact]
    public async Task AgentStart_InTheClientsSpelling_KeepsItsOptions()
    {
        await Http.PostAsJsonAsync("/moderately/agent-executions", new { agent_id = "ok-5s", agent_input_summary = "Invoices", max_actions = 7, planning_interval = 3 });

        var kept = (await GetAsync("/moderately/agent-executions")).GetProperty("items")[0];

        Assert.Equal(
            ("Invoices", 7, 3), (kept.GetProperty("agentInputSummary").GetString(), kept.GetProperty("maxActions").GetInt32(), kept.GetProperty("planningInterval").GetInt32()));
    }

    [Fact]
    public void Timeline_HoldsAHundredThousandRunsWithoutTimers()
    {
        var world = _simulated.World;
        world.Scripts.Set(null, "drawn", StockScripts.Ok with
        {
            Steps = [.. StockScripts.Ok.Steps.Select(step => step with { Duration = new() { Seconds = 20, Distribution = DurationDistribution.Exponential } })],
        });

        // What one thread allocates is an upper bound of what stays, and no other test's business.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            world.Start("gloriamundo", new StartedTarget("workflow", "drawn"), (seed, number) => Dice.Guid(seed, number).ToString());
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100_000, 1, 3_000);

        _simulated.Time.Advance(TimeSpan.FromSeconds(100));
        var ended = world.Runs.All().Count(run => run.At(_simulated.Time.GetUtcNow()).HasEnded);
        Assert.InRange(ended, 50_000, 62_000);
    }

    private async Task<List<int>> StrikesAsync(int seed)
    {
        _simulated.World.Faults.Clear();
        _simulated.World.Faults.Add(new FaultRule { Kind = FaultKind.Status, Probability = 0.3, Seed = seed });
        var statuses = new List<int>();
        for (var i = 0; i < 60; i++)
        {
            statuses.Add((int)(await Http.GetAsync("/api/v1/runs/r/status")).StatusCode);
        }

        return statuses;
    }

    private async Task<string> StartAsync(string path)
    {
        var answer = await Http.PostAsJsonAsync(path, new { input = new { marker = "m-1" } });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("run_id").GetString()!;
    }

    private async Task<JsonElement> GraphQlAsync(string query)
    {
        using var answer = await Http.PostAsJsonAsync("/agentic/graphql", new { query });
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task PostAsync(string path, string body) => (await Http.PostAsync(path, new StringContent(body))).EnsureSuccessStatusCode();

    private Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path);
}
