namespace Vigil.Simulator.Moderately;

internal sealed record ExecutionStart(string? Target, JsonElement Input, JsonElement Body, IReadOnlyList<FieldError> Errors)
{
    private const int MaxSummary = 500;
    private const int MaxPipelineSummary = 1_000;
    private const int MaxActions = 100;
    private const int MaxPlanningInterval = 50;

    public static ExecutionStart Read(JsonElement? json)
    {
        if (json is not { } body)
        {
            return new(null, WireValues.EmptyObject, WireValues.EmptyObject, [new("body", "Expected object")]);
        }

        var errors = new List<FieldError>();
        if (body.TryGetProperty("agent_id", out _))
        {
            // The client's spelling. It omits an empty input, and passes on any further members.
            CheckSummary(body, "agent_input_summary", isRequired: false, errors);
            CheckNumber(body, "max_actions", MaxActions, errors);
            CheckNumber(body, "planning_interval", MaxPlanningInterval, errors);
            return new(Text(body, "agent_id", errors), Object(body, "input_data", isRequired: false, errors), body, errors);
        }

        var target = Text(body, "agentConfigurationVersionId", errors);
        var input = Object(body, "agentInput", isRequired: true, errors);
        CheckSummary(body, "agentInputSummary", isRequired: true, errors);
        CheckNumber(body, "maxActions", MaxActions, errors);
        CheckNumber(body, "planningInterval", MaxPlanningInterval, errors);
        return new(target, input, body, errors);
    }

    public static ExecutionStart ReadPipeline(JsonElement? json)
    {
        var errors = new List<FieldError>();
        var body = json ?? WireValues.EmptyObject;
        var target = Text(body, "pipelineConfigurationVersionId", errors);
        var input = Object(body, "pipelineInput", isRequired: true, errors);
        CheckSummary(body, "pipelineInputSummary", isRequired: true, errors, MaxPipelineSummary);
        return new(target, input, body, errors);
    }

    private static void CheckSummary(JsonElement body, string name, bool isRequired, List<FieldError> errors, int max = MaxSummary)
    {
        var length = body.Text(name)?.Length ?? 0;
        if ((isRequired || body.Member(name) is not null) && (length == 0 || length > max))
        {
            errors.Add(new(name, $"String must contain 1 to {max} characters"));
        }
    }

    private static string? Text(JsonElement body, string name, List<FieldError> errors)
    {
        if (body.Text(name) is { Length: > 0 } text)
        {
            return text;
        }

        errors.Add(new(name, "Required"));
        return null;
    }

    private static JsonElement Object(JsonElement body, string name, bool isRequired, List<FieldError> errors)
    {
        var value = body.Member(name);
        if (value is null ? isRequired : value is not { ValueKind: JsonValueKind.Object })
        {
            errors.Add(new(name, "Expected object"));
            return WireValues.EmptyObject;
        }

        return value ?? WireValues.EmptyObject;
    }

    private static void CheckNumber(JsonElement body, string name, int max, List<FieldError> errors)
    {
        if (body.Member(name) is { } value && !(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1 && number <= max))
        {
            errors.Add(new(name, $"Number must be from 1 to {max}"));
        }
    }
}
