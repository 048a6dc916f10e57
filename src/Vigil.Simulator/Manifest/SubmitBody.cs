namespace Vigil.Simulator.Manifest;

internal readonly record struct SubmitBody(string Input, string? Marker, string Rest, double? TimeoutSeconds)
{
    private static readonly string[] LifecycleEvents = ["test", "workflow", "agent_run", "mcp_session"];
    private static readonly string[] ExecutionModes = ["inline", "isolated"];

    /// <summary>Reads the body; returns an error message, or null.</summary>
    public static string? Read(JsonElement? json, string inputName, out SubmitBody body)
    {
        body = default;
        if (json is not { } start)
        {
            return "The body must be an object";
        }

        if (start.Member(inputName) is not { ValueKind: JsonValueKind.Object } input)
        {
            return $"{inputName}: must be an object";
        }

        if (start.Member("lifecycle_event") is { } named && !LifecycleEvents.Contains(named.ToString()))
        {
            return $"lifecycle_event: must be one of {string.Join(", ", LifecycleEvents)}";
        }

        if (start.Member("execution_mode") is { } mode && !ExecutionModes.Contains(mode.ToString()))
        {
            return $"execution_mode: must be one of {string.Join(", ", ExecutionModes)}";
        }

        var limit = start.Member("timeout_seconds");
        if (limit is { } given && (given.ValueKind != JsonValueKind.Number || given.GetDouble() <= 0))
        {
            return "timeout_seconds: must be above 0";
        }

        body = new SubmitBody(input.GetRawText(), start.Member("config")?.Text("vigil_execution_id") ?? input.Marker(), start.GetRawText(), limit?.GetDouble());
        return null;
    }
}
