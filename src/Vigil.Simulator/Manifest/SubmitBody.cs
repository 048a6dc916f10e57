namespace Vigil.Simulator.Manifest;

/// <summary>The body of a start.</summary>
internal readonly record struct SubmitBody(string Input, string? Marker, string Rest, double? TimeoutSeconds)
{
    private static readonly string[] LifecycleEvents = ["test", "workflow", "agent_run", "mcp_session"];

    /// <summary>Reads the body; returns what is wrong with it, or null.</summary>
    public static string? Read(JsonElement? json, string inputName, out SubmitBody body)
    {
        body = default;
        if (json is not { ValueKind: JsonValueKind.Object } start)
        {
            return "The body must be an object";
        }

        if (Member(start, inputName) is not { ValueKind: JsonValueKind.Object } input)
        {
            return $"{inputName}: must be an object";
        }

        if (Member(start, "lifecycle_event") is { } named && !LifecycleEvents.Contains(named.ToString()))
        {
            return $"lifecycle_event: must be one of {string.Join(", ", LifecycleEvents)}";
        }

        double? timeout = null;
        if (Member(start, "timeout_seconds") is { } limit)
        {
            if (limit.ValueKind != JsonValueKind.Number || !limit.TryGetDouble(out var seconds) || seconds <= 0)
            {
                return "timeout_seconds: must be above 0";
            }

            timeout = seconds;
        }

        var marker = Member(start, "config") is { ValueKind: JsonValueKind.Object } config
            && Member(config, "vigil_execution_id") is { ValueKind: JsonValueKind.String } own ? own.GetString() : Simulator.Marker.In(input);
        body = new SubmitBody(input.GetRawText(), marker, start.GetRawText(), timeout);
        return null;
    }

    private static JsonElement? Member(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
