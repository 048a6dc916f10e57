namespace Vigil.Platforms.Agentic;

/// <summary>
/// A start's input, in either of two forms. By name: <c>{"title": "Q3", "document": FILE}</c>, where the flow's version defines each
/// input's step and type. In full: <c>{"variables": [{"step_id", "variable_name", "variable_type", "variable_value"}]}</c>, as the platform
/// expects it. A FILE is <c>{"file_name", "content_base64"}</c>, or <c>{"local_path"}</c> below the connection's upload directory, or the text
/// of a path that the platform already knows.
/// </summary>
internal sealed record FlowInput(IReadOnlyList<FlowVariable> Variables, bool IsByName)
{
    private const string InFull = "variables";
    private const int MaxVariables = 200;

    public static FlowInput Read(JsonElement? input, string? uploadFolder, ICollection<FieldError> errors)
    {
        if (input is not { } root)
        {
            return new FlowInput([], IsByName: false);
        }

        try
        {
            return Read(root, uploadFolder, errors);
        }
        catch (InvalidOperationException)
        {
            // A name has an unpaired surrogate, which .NET refuses to decode.
            errors.Add(new("input", "must have names that are valid Unicode; one has an unpaired surrogate."));
            return new FlowInput([], IsByName: false);
        }
    }

    private static FlowInput Read(JsonElement root, string? uploadFolder, ICollection<FieldError> errors)
    {
        var isInFull = root.TryGetProperty(InFull, out var list) && list.ValueKind == JsonValueKind.Array && root.EnumerateObject().Count() == 1;
        FlowVariable[] variables = isInFull
            ? [.. list.EnumerateArray().Select((variable, index) => ReadInFull(variable, $"input.variables[{index}]", uploadFolder, errors))]
            : [.. root.EnumerateObject().Select(member => ReadNamed(member, uploadFolder, errors))];
        errors.AddIf(variables.Length > MaxVariables, "input", () => $"must have at most {MaxVariables} variables.");
        return new FlowInput(variables, !isInFull);
    }

    private static FlowVariable ReadNamed(JsonProperty member, string? uploadFolder, ICollection<FieldError> errors) =>
        new(null, member.Name, null, TextOf(member.Value), FlowFileInput.Read(member.Value, $"input.{member.Name}", uploadFolder, errors));

    private static FlowVariable ReadInFull(JsonElement variable, string field, string? uploadFolder, ICollection<FieldError> errors)
    {
        var view = new JsonView(variable);
        foreach (var name in new[] { "step_id", "variable_name", "variable_type" })
        {
            errors.AddIf(view[name].Text() is null, $"{field}.{name}", () => "must be a non-empty string.");
        }

        var value = view.Has("variable_value") ? variable.GetProperty("variable_value") : default;
        return new FlowVariable(
            view["step_id"].Exact(), view["variable_name"].Exact() ?? "", view["variable_type"].Exact(), TextOf(value),
            FlowFileInput.Read(value, $"{field}.variable_value", uploadFolder, errors));
    }

    // The platform expects values as strings; any other value is sent as its JSON text.
    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => new JsonView(value).Exact(int.MaxValue) ?? "",
        _ => value.GetRawText(),
    };
}

/// <summary>A variable of a flow. In an input by name, step and type are not known yet. A file is uploaded first, and its path becomes the value.</summary>
internal sealed record FlowVariable(string? StepId, string Name, string? Type, string? Value, FlowFileInput? File);
