using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Vigil.Gateway.Tests;

/// <summary>What the platforms list themselves, and adopting from there. The runs are started on the simulated platform, past Vigil.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class RunsTests(VigilApp app) : IAsyncLifetime, IDisposable
{
    // No other test lists it.
    private readonly string _agent = $"agent-{Guid.NewGuid():N}";
    private readonly HttpClient _platform = new();

    public async Task InitializeAsync()
    {
        _platform.BaseAddress = app.Silo.SimulatorAddress;
        _platform.DefaultRequestHeaders.Authorization = new("Bearer", "any");
        using var scripted = await _platform.PostAsJsonAsync("/_sim/scripts", new { platform = "moderately", target = _agent, script = new { steps = Array.Empty<object>() } });
        Assert.True(scripted.IsSuccessStatusCode);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _platform.Dispose();

    [Fact]
    public async Task List_OfThePlatform_SaysWhichExecutionWatchesWhat()
    {
        var (watched, other) = (await StartElsewhereAsync(), await StartElsewhereAsync());
        var (_, adopted) = await app.PostAsync("/v1/executions/adopt", $$"""{"connection":"moderately","remote_id":"{{watched}}"}""");

        var (status, list) = await app.GetAsync($"/v1/connections/moderately/runs?target={_agent}&status=completed&status=RUNNING");

        Assert.Equal(HttpStatusCode.OK, status);
        var items = list["items"]!.AsArray().ToDictionary(item => (string)item!["remote_id"]!, item => item!);
        Assert.Equal([.. new[] { watched, other }.Order()], items.Keys.Order());
        Assert.Equal((string?)adopted["id"], (string?)items[watched]["execution"]);
        Assert.Null(items[other]["execution"]);
        Assert.Equal(("succeeded", "completed", _agent), ((string?)items[other]["status"], (string?)items[other]["raw_status"], (string?)items[other]["target"]!["id"]));
        Assert.NotNull(items[other]["created_at"]);
        Assert.NotNull(items[other]["ended_at"]);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("gloriamundo")]
    [InlineData("agentic")]
    public async Task List_WhereThePlatformHasNone_SaysWhichHave(string connection)
    {
        var (status, body) = await app.GetAsync($"/v1/connections/{connection}/runs");

        Assert.Equal((HttpStatusCode.Conflict, "listing_not_supported"), (status, (string?)body["code"]));
        Assert.Contains("cognite, moderately", (string?)body["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("moderately/runs?created_after=2026-01-01", "created_after")]
    [InlineData("moderately/runs?trigger=t", "trigger")]
    [InlineData("moderately/runs?status=timed_out", "status")]
    [InlineData("moderately/runs?kind=flow", "kind")]
    [InlineData("moderately/runs?page_size=0", "page_size")]
    [InlineData("moderately/runs?cursor=broken", "cursor")]
    [InlineData("moderately/runs?colour=red", "colour")]
    [InlineData("cognite/runs?created_after=yesterday", "created_after")]
    [InlineData("cognite/runs?version=1", "version")]
    [InlineData("cognite/runs?trigger=none", "trigger")]
    public async Task List_BadQuery_NamesTheParameter(string query, string field)
    {
        var (status, body) = await app.GetAsync($"/v1/connections/{query}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([field], VigilApp.FieldsOf(body));
    }

    [Fact]
    public async Task List_UnknownConnection_IsNotFound()
    {
        var (status, body) = await app.GetAsync("/v1/connections/nowhere/runs");

        Assert.Equal((HttpStatusCode.NotFound, "connection_not_found"), (status, (string?)body["code"]));
    }

    [Fact]
    public async Task Adopt_Many_AnswersForEachAndCanBeRepeated()
    {
        var (one, two) = (await StartElsewhereAsync(), await StartElsewhereAsync());
        var request = $$"""{"remote_ids":["{{one}}","unknown-run","{{two}}",""],"metadata":{"team":"blue"} }""";

        var (status, first) = await app.PostAsync("/v1/connections/moderately/runs:adopt", request);
        var (_, second) = await app.PostAsync("/v1/connections/moderately/runs:adopt", request);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([one, "unknown-run", two, ""], first["items"]!.AsArray().Select(item => (string)item!["remote_id"]!));
        Assert.Equal([true, false, true, false], first["items"]!.AsArray().Select(item => (bool)item!["created"]!));
        Assert.Equal([null, "remote_run_not_found", null, "invalid_request"], first["items"]!.AsArray().Select(item => (string?)item!["error"]?["code"]));
        Assert.All(second["items"]!.AsArray(), item => Assert.False((bool)item!["created"]!));
        Assert.Equal(first["items"]!.AsArray().Select(item => (string?)item!["execution"]), second["items"]!.AsArray().Select(item => (string?)item!["execution"]));
        var (_, execution) = await app.GetAsync($"/v1/executions/{(string?)first["items"]![0]!["execution"]}");
        Assert.Equal((one, "blue", _agent), ((string?)execution["remote_id"], (string?)execution["metadata"]!["team"], (string?)execution["target"]!["id"]));
    }

    [Fact]
    public async Task Adopt_ByFilter_TakesPageByPageAndLooksAtNone()
    {
        string[] runs = [await StartElsewhereAsync(), await StartElsewhereAsync(), await StartElsewhereAsync()];
        var adopted = new List<string>();
        string? cursor = null;
        do
        {
            var body = new JsonObject { ["filter"] = new JsonObject { ["target"] = _agent, ["status"] = new JsonArray("succeeded") }, ["limit"] = 2, ["cursor"] = cursor };
            var (status, page) = await app.PostAsync("/v1/connections/moderately/runs:adopt", body.ToJsonString());
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.All(page["items"]!.AsArray(), item => Assert.True((bool)item!["created"]!));
            adopted.AddRange(page["items"]!.AsArray().Select(item => (string)item!["remote_id"]!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal(runs.Order(), adopted.Order());
        Assert.Equal(0, await LooksAsync(runs));
        var (_, mine) = await app.GetAsync($"/v1/executions?agent_id={_agent}&connection=moderately&order_by=created_at&order_direction=asc&page=1");
        Assert.Equal(3, mine["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("{}", "remote_ids")]
    [InlineData("""{"remote_ids":["a"],"filter":{}}""", "remote_ids")]
    [InlineData("""{"remote_ids":[1]}""", "remote_ids")]
    [InlineData("""{"remote_ids":["a"],"limit":5}""", "limit")]
    [InlineData("""{"filter":{"colour":"red"}}""", "filter.colour")]
    [InlineData("""{"filter":{"status":"done"}}""", "filter.status")]
    [InlineData("""{"filter":{"trigger":"t"}}""", "filter.trigger")]
    [InlineData("""{"filter":{},"limit":501}""", "limit")]
    [InlineData("""{"filter":{},"cursor":"broken"}""", "cursor")]
    [InlineData("""{"remote_ids":["a"],"deadline_seconds":0}""", "deadline_seconds")]
    public async Task Adopt_BadBody_NamesTheField(string json, string field)
    {
        var (status, body) = await app.PostAsync("/v1/connections/moderately/runs:adopt", json);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([field], VigilApp.FieldsOf(body));
    }

    [Fact]
    public async Task Adopt_ThirtyAtOnceOfThreeRuns_LooksAtEachOnce()
    {
        string[] runs = [await StartElsewhereAsync(), await StartElsewhereAsync(), await StartElsewhereAsync()];

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(n =>
            app.PostAsync("/v1/executions/adopt", $$"""{"connection":"moderately","remote_id":"{{runs[n % 3]}}"}""")));

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, answer.Body.ToString()));
        Assert.Equal(3, answers.Select(answer => (string)answer.Body["id"]!).Distinct().Count());
        Assert.Equal(3, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.Equal(3, await LooksAsync(runs));
    }

    /// <summary>Starts a run that ends at once, as somebody else would, and returns its id.</summary>
    private async Task<string> StartElsewhereAsync()
    {
        using var response = await _platform.PostAsJsonAsync("/moderately/agent-executions", new { agent_id = _agent, input_data = new { } });
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["agentExecutionId"]!;
    }

    private async Task<int> LooksAsync(string[] runs)
    {
        var ledger = JsonNode.Parse(await _platform.GetStringAsync(new Uri("/_sim/ledger?platform=moderately&operation=status", UriKind.Relative)))!;
        return ledger["requests"]!.AsArray().Count(request => request!["run_ids"]!.AsArray().Any(id => runs.Contains((string?)id)));
    }
}
