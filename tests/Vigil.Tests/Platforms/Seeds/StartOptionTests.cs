using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Platforms.Cognite;
using Vigil.Platforms.Manifest;
using Vigil.Platforms.Moderately;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Seeds;

/// <summary>A wrong option is refused before anything is stored, with its name and what is allowed.</summary>
public sealed class StartOptionTests
{
    private static readonly Dictionary<string, StartOptions> Tables = new()
    {
        ["agentic"] = FlowOptions.All,
        ["moderately"] = AgentOptions.SnakeCase,
        ["manifest"] = ManifestOptions.All,
        ["cognite"] = StartLimits.Options,
    };

    private static readonly Dictionary<string, RunFormat> Formats = new()
    {
        ["moderately"] = AgentExecution.Format,
        ["manifest"] = DurableExecution.Format,
        ["cognite"] = WorkflowExecution.Detailed,
    };

    private static readonly string[] Page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Platforms", "Seeds", "platform-options.md"));

    [Fact]
    public void Page_HasEveryOptionAndEveryDetail()
    {
        foreach (var (platform, names) in Tables.Select(table => (table.Key, Names: table.Value.All.Select(option => option.Name)))
            .Concat(Formats.Select(format => (format.Key, Names: format.Value.Details.Names))))
        {
            var lines = Page.Where(line => line.StartsWith($"| {platform} |", StringComparison.Ordinal)).ToArray();
            Assert.All(names, name => Assert.Contains(lines, line => line.Contains($"`{name}`", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Details_ThatDoNotFit_AreNamed()
    {
        var details = new RunDetails(("small", body => body["a"].Raw()), ("large", body => body["b"].Raw()), ("missing", body => body["c"].Raw()));
        using var body = JsonDocument.Parse($$"""{"a":1,"b":"{{new string('x', 2_000)}}"}""");

        Assert.Equal("""{"small":1,"truncated":["large"]}""", details.Read(new JsonView(body.RootElement), 2_048));
        Assert.Null(details.Read(default, 2_048));
    }

    [Theory]
    [InlineData("manifest", "workflow", """{"ring":"r"}""", "options.ring", "is not an option; did you mean ring_id? The options are config, lifecycle_event, ring_id, timeout_seconds, caller_deployment_id, context, auto_deploy.")]
    [InlineData("manifest", "agent", """{"auto_deploy":true}""", "options.auto_deploy", "is an option only of targets of kind workflow.")]
    [InlineData("manifest", "workflow", """{"execution_mode":"inline"}""", "options.execution_mode", "is an option only of targets of kind agent.")]
    [InlineData("manifest", "agent", """{"execution_mode":"elsewhere"}""", "options.execution_mode", "must be one of inline, isolated.")]
    [InlineData("manifest", "workflow", """{"lifecycle_event":"wedding"}""", "options.lifecycle_event", "must be one of test, workflow, agent_run, mcp_session.")]
    [InlineData("manifest", "workflow", """{"timeout_seconds":0}""", "options.timeout_seconds", "must be a whole number from 1 to 2592000.")]
    [InlineData("manifest", "workflow", """{"timeout_seconds":"5"}""", "options.timeout_seconds", "must be a whole number from 1 to 2592000.")]
    [InlineData("manifest", "workflow", """{"config":[]}""", "options.config", "must be an object.")]
    [InlineData("manifest", "workflow", """{"auto_deploy":"yes"}""", "options.auto_deploy", "must be true or false.")]
    [InlineData("manifest", "workflow", """{"ring_id":""}""", "options.ring_id", "must be text of 1 to 255 characters.")]
    [InlineData("moderately", "agent", """{"max_actions":101}""", "options.max_actions", "must be a whole number from 1 to 100.")]
    [InlineData("moderately", "agent", """{"planning_interval":51}""", "options.planning_interval", "must be a whole number from 1 to 50.")]
    [InlineData("moderately", "agent", """{"extra":{}}""", "options.extra", "is not an option. The options are agent_input_summary, agent_input_schema, agent_output_schema, max_actions, planning_interval.")]
    [InlineData("agentic", "flow", """{"drafts":true}""", "options.drafts", "is not an option; did you mean draft? The options are draft, flow_version_id.")]
    [InlineData("agentic", "flow", """{"draft":false,"flow_version_id":"v"}""", "options.draft", "must be omitted or true if a version is given: the platform runs a version by its id only as a draft.")]
    [InlineData("cognite", "workflow", """{"metadata":{"n":1}}""", "options.metadata", "must be an object of strings.")]
    [InlineData("cognite", "workflow", """{"metadata":{"vigil_execution_id":"x"}}""", "options.metadata.vigil_execution_id", "must be omitted: Vigil marks its own starts with this key.")]
    [InlineData("gloriamundo", "workflow", """{"timeout_seconds":5}""", "options.timeout_seconds", "is not an option; there are none here.")]
    [InlineData("manifest", "workflow", "[]", "options", "must be a JSON object, not an array or a single value.")]
    [InlineData("manifest", "workflow", """{"ring_id":"a","ring_id":"b"}""", "options", "must be a JSON object.")]
    public void Check_WrongOption_IsNamedWithWhatIsAllowed(string platform, string kind, string options, string field, string message)
    {
        var error = Assert.Single(Check(platform, kind, options));

        Assert.Equal((field, message), (error.Field, error.Message));
    }

    [Fact]
    public void Check_ElevenPairsOfMetadataInAll_AreOneTooMany()
    {
        var labels = Enumerable.Range(0, 6).ToImmutableDictionary(n => $"label-{n}", _ => "v");
        var pairs = string.Join(',', Enumerable.Range(3, 7).Select(n => $"\"label-{n}\":\"w\""));

        var error = Assert.Single(Check("cognite", "workflow", $$$"""{"metadata":{{{{pairs}}}}}""", labels));

        Assert.Equal("options.metadata", error.Field);
    }

    [Fact]
    public void Check_LongerThan64KiB_IsRefused() =>
        Assert.Equal("is longer than 65536 bytes.", Check("manifest", "workflow", $$$"""{"config":{"a":"{{{new string('x', 70_000)}}}"}}""")[0].Message);

    [Fact]
    public void Check_UnpairedSurrogate_IsRefused() => Assert.Contains(Check("manifest", "workflow", """{"config":{"a":"\ud800"}}"""), error => error.Field == "options");

    [Fact]
    public void Check_ExtraThatOverridesTheStart_IsRefused() =>
        Assert.Equal("options.extra", Assert.Single(SeedAnswers.Connect("moderately", new StubPlatform(_ => StubPlatform.Json("{}")), ("dialect", "snake_case"))
            .Check(new StartExecution { Connection = "c", Target = new("agent", "a"), Options = """{"extra":{"agent_id":"other"}}""" })).Field);

    [Theory]
    [InlineData("manifest", "workflow")]
    [InlineData("moderately", "agent")]
    [InlineData("agentic", "flow")]
    [InlineData("cognite", "workflow")]
    [InlineData("gloriamundo", "workflow")]
    public void Check_NoOptions_IsFine(string platform, string kind) => Assert.Empty(Check(platform, kind, "{}"));

    private static ImmutableArray<FieldError> Check(string platform, string kind, string options, ImmutableDictionary<string, string>? labels = null) =>
        SeedAnswers.Connect(platform, new StubPlatform(_ => StubPlatform.Json("{}"))).Check(new StartExecution
        {
            Connection = "c",
            Target = new(kind, "target", platform == "cognite" ? "1" : null),
            Metadata = labels ?? ImmutableDictionary<string, string>.Empty,
            Options = options,
        });
}
