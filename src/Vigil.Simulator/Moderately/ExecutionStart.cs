namespace Vigil.Simulator.Moderately;

/// <summary>A start, in either dialect, and its errors.</summary>
internal sealed record ExecutionStart(string? Target, JsonElement Input, JsonElement Body, IReadOnlyList<FieldError> Errors)
{
    private const int MaxSummary = 500;
    private const int MaxActions = 100;
    private const int MaxPlanningInterval = 50;

    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    public static ExecutionStart Read(JsonElement? json)
    {
        if (json is not { ValueKind: JsonValueKind.Object } body)
        {
            return new(null, Nothing, Nothing, [new("body", "Expected object")]);
        }

        return body.TryGetProperty("agent_id", out var agent) ? ReadClient(body, agent) : ReadOpenApi(body);
    }

    // The client's names; it sends the input only if there is one.
    private static ExecutionStart ReadClient(JsonElement body, JsonElement agent)
    {
        var errors = new List<FieldError>();
        var target = Text(agent, "agent_id", errors);
        var input = Object(body, "input_data", isRequired: false, errors);
        return new(target, input, body, errors);
    }

    private static ExecutionStart ReadOpenApi(JsonElement body)
    {
        var errors = new List<FieldError>();
        var target = Text(Member(body, "agentConfigurationVersionId"), "agentConfigurationVersionId", errors);
        var input = Object(body, "agentInput", isRequired: true, errors);
        var summary = Member(body, "agentInputSummary");
        if (summary.ValueKind != JsonValueKind.String || summary.GetString()!.Length is 0 or > MaxSummary)
        {
            errors.Add(new("agentInputSummary", $"String must contain 1 to {MaxSummary} characters"));
        }

        CheckNumber(body, "maxActions", MaxActions, errors);
        CheckNumber(body, "planningInterval", MaxPlanningInterval, errors);
        return new(target, input, body, errors);
    }

    private static JsonElement Member(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement value, string name, List<FieldError> errors)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        errors.Add(new(name, "Required"));
        return null;
    }

    private static JsonElement Object(JsonElement body, string name, bool isRequired, List<FieldError> errors)
    {
        var value = Member(body, name);
        if (value.ValueKind == JsonValueKind.Object)
        {
            return value;
        }

        if (isRequired || value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            errors.Add(new(name, "Expected object"));
        }

        return Nothing;
    }

    private static void CheckNumber(JsonElement body, string name, int max, List<FieldError> errors)
    {
        var value = Member(body, name);
        var isFine = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            || (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1 && number <= max);
        if (!isFine)
        {
            errors.Add(new(name, $"Number must be from 1 to {max}"));
        }
    }
}
