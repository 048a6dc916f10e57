namespace Vigil.Platforms.Moderately;

/// <summary>The options of a start, which both dialects have, each in its spelling.</summary>
internal static class AgentOptions
{
    public const string Summary = "agent_input_summary";
    public const int MaxSummary = 500;

    /// <summary>The members of the client's <c>**kwargs</c> that Vigil does not know; only its dialect sends them.</summary>
    public const string Extra = "extra";

    private const string MaxActions = "max_actions";
    private const string PlanningInterval = "planning_interval";

    private static readonly string[] Kinds = ["agent"];

    private static readonly StartOption[] Common =
    [
        StartOption.Text(Summary, MaxSummary, "What the platform shows as the run's summary.") with { Kinds = Kinds },
        StartOption.JsonObject("agent_input_schema", "The JSON schema of the input.") with { Kinds = Kinds },
        StartOption.JsonObject("agent_output_schema", "The JSON schema of the output.") with { Kinds = Kinds },
        StartOption.Number(MaxActions, 100, "The most actions that the agent may take; null for no limit.") with { Kinds = Kinds },
        StartOption.Number(PlanningInterval, 50, "After how many actions the agent plans again; null for never.") with { Kinds = Kinds },
    ];

    // What the start itself sends, or another option.
    private static readonly string[] Sent = ["agent_id", "input_data", .. Common.Select(option => option.Name)];

    public static StartOptions CamelCase { get; } = new([.. Common, PipelineRequests.Summary]);

    public static StartOptions SnakeCase { get; } = new(
    [
        .. Common,
        PipelineRequests.Summary,
        new StartOption(
            Extra,
            $"an object without {string.Join(", ", Sent)}",
            value => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any(member => Sent.Contains(member.Name, StringComparer.Ordinal)),
            "Further members of the start, sent as they are.") { Kinds = Kinds },
    ]);

    /// <summary>Writes the options that both dialects have, except for the summary.</summary>
    public static void Write(Utf8JsonWriter writer, GivenOptions given, Func<string, string> spell)
    {
        foreach (var option in Common.Where(option => option.Name != Summary))
        {
            given.WriteTo(writer, option.Name, spell(option.Name), keepsNull: option.Name is MaxActions or PlanningInterval);
        }
    }
}
