using System.Net;
using System.Text.Json.Nodes;

namespace Vigil.Gateway.Tests;

/// <summary>A start with the platform's own options, and what is told of its end: details, the output alone, and the platform's answer as it came.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class AnswersTests(VigilApp app)
{
    [Theory]
    [InlineData("manifest", """{"kind":"agent","id":"quick"}""", """{"config":{"model":"m-1"},"lifecycle_event":"test","execution_mode":"isolated","ring_id":"r1"}""", "config.model", "m-1", "messages.0.role", "assistant")]
    [InlineData("moderately", """{"kind":"agent","id":"quick"}""", """{"agent_input_summary":"Greets","max_actions":7}""", "agentInputSummary", "Greets", "max_actions", "7")]
    [InlineData("cognite", """{"kind":"workflow","id":"quick","version":"1"}""", """{"metadata":{"team":"blue"}}""", "metadata.team", "blue", "definition.description", "The simulated workflow quick")]
    [InlineData("agentic", """{"kind":"flow","id":"quick"}""", """{"draft":true}""", "result", "Completed", null, null)]
    [InlineData("gloriamundo", """{"kind":"workflow","id":"quick"}""", "{}", "status", "completed", null, null)]
    public async Task Start_WithOptions_IsToldWhole(string connection, string target, string options, string inRaw, string expectedInRaw, string? inDetails, string? expectedInDetails)
    {
        var id = await StartAsync(connection, target, options);

        var execution = await WholeAsync(id);

        Assert.Equal("succeeded", (string?)execution["status"]);
        Assert.Equal(expectedInDetails, inDetails is null ? execution["details"]?.ToString() : At(execution["details"]!, inDetails));
        var (status, raw) = await app.GetAsync($"/v1/executions/{id}/raw");
        Assert.Equal((HttpStatusCode.OK, expectedInRaw), (status, At(raw, inRaw)));
        Assert.Null((await ListedAsync(connection, id))["details"]);
    }

    [Fact]
    public async Task Output_OfAnEndedRun_IsTheOutputAlone()
    {
        var id = await StartAsync("manifest", """{"kind":"workflow","id":"quick"}""", "{}");
        var execution = await app.EndAsync(id);

        using var response = await app.Http.GetAsync(new Uri($"/v1/executions/{id}/output", UriKind.Relative));

        Assert.True(JsonNode.DeepEquals(execution["output"], JsonNode.Parse(await response.Content.ReadAsStringAsync())));
        Assert.Equal(("application/json", false), (response.Content.Headers.ContentType?.MediaType, response.Headers.Contains("Vigil-Truncated")));
    }

    [Theory]
    [InlineData("raw", "raw_not_available")]
    [InlineData("output", "output_not_available")]
    public async Task Document_OfARunningRun_IsNotThereYet(string document, string code)
    {
        var id = await StartAsync("manifest", """{"kind":"workflow","id":"never"}""", "{}");

        var (status, problem) = await app.GetAsync($"/v1/executions/{id}/{document}");

        Assert.Equal((HttpStatusCode.NotFound, code), (status, (string?)problem["code"]));
        Assert.Equal((HttpStatusCode.NotFound, "execution_not_found"), Of(await app.GetAsync($"/v1/executions/unknown-{id}/{document}")));
        await app.PostAsync($"/v1/executions/{id}/abandon", "{}");
        Assert.Equal((HttpStatusCode.NotFound, code), Of(await app.GetAsync($"/v1/executions/{id}/{document}")));
    }

    [Fact]
    public async Task Raw_BeyondAMebibyte_IsCutAndSaysSo()
    {
        var id = await StartAsync("moderately", """{"kind":"agent","id":"quick"}""", "{}", $$"""{"long":"{{new string('é', 500_000)}}"}""");
        var execution = await app.EndAsync(id);

        using var response = await app.Http.GetAsync(new Uri($"/v1/executions/{id}/raw", UriKind.Relative));
        using var head = await app.Http.SendAsync(new(HttpMethod.Head, $"/v1/executions/{id}/raw"));

        // The simulator escapes each é as six bytes.
        Assert.Equal(1024 * 1024, (await response.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal(("text/plain", "true"), (response.Content.Headers.ContentType?.MediaType, response.Headers.GetValues("Vigil-Truncated").Single()));
        Assert.Equal((HttpStatusCode.OK, "true"), (head.StatusCode, head.Headers.GetValues("Vigil-Truncated").Single()));
        Assert.Equal("""["input"]""", execution["details"]!["truncated"]!.ToJsonString());
    }

    [Fact]
    public async Task Start_UnknownOption_IsRefusedWithTheNearestName()
    {
        var (status, problem) = await app.PostAsync("/v1/executions", """{"connection":"manifest","target":{"kind":"workflow","id":"quick"},"options":{"ring":"r1"}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "options.ring"), (status, Assert.Single(VigilApp.FieldsOf(problem))));
        Assert.Contains("did you mean ring_id?", (string)problem["errors"]![0]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SameKeyWithOtherOptions_IsAConflict()
    {
        var key = VigilApp.NewKey();
        var first = await PostAsync("manifest", """{"kind":"workflow","id":"quick"}""", """{"ring_id":"a"}""", "{}", key);
        var same = await PostAsync("manifest", """{"kind":"workflow","id":"quick"}""", """{ "ring_id": "a" }""", "{}", key);
        var other = await PostAsync("manifest", """{"kind":"workflow","id":"quick"}""", """{"ring_id":"b"}""", "{}", key);

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict], new[] { first.Status, same.Status, other.Status });
    }

    private static (HttpStatusCode Status, string? Code) Of((HttpStatusCode Status, JsonNode Body) answer) => (answer.Status, (string?)answer.Body["code"]);

    private static string? At(JsonNode node, string path) => path.Split('.').Aggregate(
        (JsonNode?)node, (at, name) => at is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : at?[name])?.ToString();

    private async Task<string> StartAsync(string connection, string target, string options, string input = "{}")
    {
        var (status, body) = await PostAsync(connection, target, options, input, VigilApp.NewKey());
        Assert.Equal(HttpStatusCode.Created, status);
        return (string)body["id"]!;
    }

    private Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string connection, string target, string options, string input, string key) => app.PostAsync(
        "/v1/executions", $$"""{"connection":"{{connection}}","target":{{target}},"options":{{options}},"input":{{input}},"key":"{{key}}"}""");

    // The short answer of a list or of a batch ends the execution, and the detailed one replaces it.
    private async Task<JsonNode> WholeAsync(string id)
    {
        var execution = await app.EndAsync(id);
        while (execution["pending_work"]!.AsArray().Any(work => (string?)work == "detail"))
        {
            execution = (await app.GetAsync($"/v1/executions/{id}?wait=60s&since_version={execution["version"]}")).Body;
        }

        return execution;
    }

    private async Task<JsonNode> ListedAsync(string connection, string id) =>
        (await app.GetAsync($"/v1/executions?connection={connection}&page_size=500")).Body["items"]!.AsArray().Single(item => (string?)item!["id"] == id)!;
}
