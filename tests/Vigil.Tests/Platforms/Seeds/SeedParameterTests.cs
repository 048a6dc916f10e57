using System.Text.Json.Nodes;
using Vigil.Platforms;
using Vigil.Tests.Platforms.Cognite;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Seeds;

/// <summary>Every parameter of a start that the platforms' clients take, and where it is in the request that Vigil sends.</summary>
public sealed class SeedParameterTests
{
    private const string ManifestAll = """{"config":{"a":1,"vigil_execution_id":"mine"},"lifecycle_event":"test","ring_id":"r1","timeout_seconds":7,"caller_deployment_id":"d1","context":{"trace":"t"}""";

    [Theory]
    [InlineData("workflow", """{"auto_deploy":false}""", "/api/v1/workflows/w/executions", """{"input_data":{},"config":{"vigil_execution_id":"execution-1"},"lifecycle_event":"workflow","timeout_seconds":3600,"auto_deploy":false}""")]
    [InlineData("agent", """{"execution_mode":"isolated"}""", "/api/v1/agents/w/executions", """{"input_data":{},"config":{"vigil_execution_id":"execution-1"},"lifecycle_event":"agent_run","timeout_seconds":3600,"execution_mode":"isolated"}""")]
    [InlineData("code_block", """{"scope":"workspace","ring_id":null}""", "/api/v1/code-blocks/w/executions", """{"input_parameters":{},"config":{"vigil_execution_id":"execution-1"},"lifecycle_event":"workflow","timeout_seconds":3600,"scope":"workspace"}""")]
    [InlineData("workflow", ManifestAll + "}", "/api/v1/workflows/w/executions", """{"input_data":{},"config":{"a":1,"vigil_execution_id":"execution-1"},"lifecycle_event":"test","ring_id":"r1","timeout_seconds":7,"caller_deployment_id":"d1","context":{"trace":"t"}}""")]
    public async Task Manifest_Start_SendsEveryParameter(string kind, string options, string path, string expected)
    {
        var far = new StubPlatform(_ => StubPlatform.Json("""{"execution_id":"e","status":"queued"}"""));

        await StartAsync(SeedAnswers.Connect("manifest", far), kind, options);

        var asked = Assert.Single(far.Requests);
        Assert.EndsWith(path, asked.Address, StringComparison.Ordinal);
        Same(expected, asked.Body!);
    }

    [Fact]
    public async Task Manifest_Options_OverrideTheConnectionsSettings()
    {
        var far = new StubPlatform(_ => StubPlatform.Json("""{"execution_id":"e","status":"queued"}"""));
        var connection = SeedAnswers.Connect("manifest", far, ("ring_id", "of-the-connection"), ("timeout_seconds", "60"), ("workspace_id", "ws-1"));

        await StartAsync(connection, "workflow", options: null);
        await StartAsync(connection, "workflow", """{"ring_id":"mine","timeout_seconds":5}""");

        Assert.Equal(
            [("of-the-connection", 60), ("mine", 5)],
            far.Requests.Select(asked => JsonNode.Parse(asked.Body!)!).Select(body => ((string)body["ring_id"]!, (int)body["timeout_seconds"]!)));
        Assert.Contains("X-Workspace-ID: ws-1", far.Requests[0].Headers, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("camel_case", null, """{"agentConfigurationVersionId":"w","agentInput":{},"agentInputSummary":"Vigil execution execution-1"}""")]
    [InlineData("camel_case", """{"agent_input_summary":"mine","agent_input_schema":{"type":"object"},"agent_output_schema":{"type":"array"},"max_actions":7,"planning_interval":null}""", """{"agentConfigurationVersionId":"w","agentInput":{},"agentInputSummary":"mine","agentInputSchema":{"type":"object"},"agentOutputSchema":{"type":"array"},"maxActions":7,"planningInterval":null}""")]
    [InlineData("snake_case", null, """{"agent_id":"w","input_data":{}}""")]
    [InlineData("snake_case", """{"agent_input_summary":"mine","max_actions":7,"agent_input_schema":null,"extra":{"priority":"high","tags":["a"]}}""", """{"agent_id":"w","input_data":{},"agent_input_summary":"mine","max_actions":7,"priority":"high","tags":["a"]}""")]
    public async Task Moderately_Start_SendsEveryParameterInItsDialect(string dialect, string? options, string expected)
    {
        var far = new StubPlatform(_ => StubPlatform.Json("""{"agentExecutionId":"e","status":"pending"}"""));

        await StartAsync(SeedAnswers.Connect("moderately", far, ("dialect", dialect)), "agent", options);

        Same(expected, Assert.Single(far.Requests).Body!);
    }

    [Theory]
    [InlineData("page", "1")]
    [InlineData("page_size", "10")]
    [InlineData("order_by", "created_at")]
    [InlineData("order_direction", "asc")]
    [InlineData("status", "pending")]
    public async Task Moderately_List_SendsTheClientsParameters(string parameter, string value)
    {
        var far = new StubPlatform(_ => StubPlatform.Json("""{"items":[]}"""));

        await SeedAnswers.Connect("moderately", far, ("dialect", "snake_case")).ListActiveAsync(cursor: null, 10, CancellationToken.None);

        Assert.Contains($"{parameter}={value}", Assert.Single(far.Requests).Address.Split('?')[1].Split('&'));
    }

    [Theory]
    [InlineData(null, null, "executeFlow", null)]
    [InlineData("v2", null, "executeFlow", "v2")]
    [InlineData(null, """{"flow_version_id":"v3"}""", "executeFlow", "v3")]
    [InlineData("v2", """{"flow_version_id":"v2","draft":true}""", "executeFlow", "v2")]
    [InlineData(null, """{"draft":true}""", "latestFlowVersion executeFlow", "v9")]
    [InlineData(null, """{"draft":false}""", "executeFlow", null)]
    public async Task Agentic_Start_RunsTheVersionOrTheLatestDraft(string? version, string? options, string operations, string? started)
    {
        var far = new StubPlatform(async (request, cancellation) => StubPlatform.Json((await request.Content!.ReadAsStringAsync(cancellation)).Contains("latestFlowVersion", StringComparison.Ordinal)
            ? """{"data":{"latestFlowVersion":{"version_id":"v9","is_draft":true}}}"""
            : """{"data":{"executeFlow":{"id":"e","result":"Running"}}}"""));

        await StartAsync(SeedAnswers.Connect("agentic", far), "flow", options, version, input: null);

        var bodies = far.Requests.Select(asked => JsonNode.Parse(asked.Body!)!).ToArray();
        Assert.Equal(operations.Split(' ').Length, bodies.Length);
        Assert.Equal(started, (string?)bodies[^1]["variables"]!["flowVersionId"]);
        Assert.Equal(started is not null, ((string)bodies[^1]["query"]!).Contains("published: false", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cognite_Start_SendsInputAndMetadataBesideTheMarker()
    {
        var far = new FarCognite(Recorded.Text("Cognite/Answers", "started.json"));
        var request = Connected.Request("workflow", "w", """{"key1":"value1"}""", "1") with
        {
            Metadata = ImmutableDictionary<string, string>.Empty.Add("team", "blue").Add("kept", "yes"),
            Options = """{"metadata":{"team":"red"}}""",
        };

        await SeedAnswers.Connect("cognite", far.Handler).SubmitAsync(request, CancellationToken.None);

        Same(
            """{"authentication":{"nonce":"nonce-1"},"input":{"key1":"value1"},"metadata":{"team":"red","kept":"yes","vigil_execution_id":"execution-1"}}""",
            far.Asked[^1].Body);
    }

    private static Task<Submitted> StartAsync(IPlatformConnection connection, string kind, string? options, string? version = null, string? input = "{}")
    {
        var start = new StartExecution { Connection = "c", Target = new(kind, "w", version), Input = input, Options = options };
        Assert.Empty(connection.Check(start));
        return connection.SubmitAsync(Connected.Request(kind, "w", input, version) with { Options = options }, CancellationToken.None);
    }

    private static void Same(string expected, string body) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(body)), $"Expected {expected}, sent {body}");
}
