using System.Text.Json.Nodes;

namespace Vigil.Platforms.Manifest;

/// <summary>The options of a start: the parameters of the platform's client besides the target and the input, under the same names.</summary>
internal static class ManifestOptions
{
    public const string LifecycleEvent = "lifecycle_event";
    public const string RingId = "ring_id";
    public const string TimeoutSeconds = "timeout_seconds";

    private const string Config = "config";
    private const int MaxText = 255;

    private static readonly string[] LifecycleEvents = ["test", "workflow", "agent_run", "mcp_session"];

    public static StartOptions All { get; } = new(
        StartOption.JsonObject(Config, "Configuration overrides; Vigil adds its marker, which wins."),
        StartOption.Word(LifecycleEvent, LifecycleEvents, "The lifecycle event; by default agent_run for an agent, otherwise workflow."),
        StartOption.Text(RingId, MaxText, "The ring; overrides the connection's setting."),
        StartOption.Number(TimeoutSeconds, ManifestSettings.MaxTimeoutSeconds, "The platform's time limit; by default the connection's setting, otherwise the deadline."),
        StartOption.Text("caller_deployment_id", MaxText, "The deployment of the calling component, from which the ring is inherited."),
        StartOption.JsonObject("context", "The execution's context, for tracing."),
        StartOption.Flag("auto_deploy", "Whether a workflow that is not deployed is deployed.") with { Kinds = ["workflow"] },
        StartOption.Word("execution_mode", ["inline", "isolated"], "Where an agent runs.") with { Kinds = ["agent"] },
        StartOption.Text("scope", MaxText, "The scope of a code block, such as workspace.") with { Kinds = ["code_block"] });

    /// <summary>Writes the options, and what is sent for those that were not given.</summary>
    public static void Write(Utf8JsonWriter writer, GivenOptions given, string executionId, Dictionary<string, JsonNode?> defaults)
    {
        WriteConfig(writer, given[Config], executionId);
        foreach (var name in All.All.Select(option => option.Name).Where(name => name != Config))
        {
            if (given[name] is not null)
            {
                given.WriteTo(writer, name);
            }
            else if (defaults.GetValueOrDefault(name) is { } value)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }
    }

    private static void WriteConfig(Utf8JsonWriter writer, JsonElement? config, string executionId)
    {
        writer.WriteStartObject(Config);
        foreach (var member in (config?.EnumerateObject() ?? []).Where(member => member.Name != RunInput.Marker))
        {
            member.WriteTo(writer);
        }

        writer.WriteString(RunInput.Marker, executionId);
        writer.WriteEndObject();
    }
}
