using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigil.Simulator.Agentic;

/// <summary>A field at the root of the schema.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsMutation">Whether it changes something.</param>
/// <param name="Arguments">The names of its arguments, those that must be given with an exclamation mark.</param>
/// <param name="Operation">What the ledger calls it.</param>
/// <param name="Resolve">Returns its value.</param>
internal sealed record GraphQlRootField(
    string Name, bool IsMutation, string[] Arguments, string Operation, Func<GraphQlArguments, JsonNode?> Resolve);

/// <summary>The arguments of one field, with variables in their place.</summary>
internal sealed class GraphQlArguments(IReadOnlyDictionary<string, JsonNode?> values)
{
    public JsonNode? this[string name] => values.GetValueOrDefault(name);

    public string Text(string name) => TextOrNull(name) ?? throw new GraphQlFieldException("BAD_USER_INPUT", $"Argument '{name}' must be a text.");

    public string? TextOrNull(string name) => values.GetValueOrDefault(name) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public bool? Flag(string name) => values.GetValueOrDefault(name) is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;
}

/// <summary>One request: checked against the schema as it is understood, resolved when it is carried out.</summary>
internal sealed class GraphQlExecution
{
    private readonly GraphQlOperation _operation;
    private readonly IReadOnlyDictionary<string, JsonNode?> _variables;

    public GraphQlExecution(IReadOnlyDictionary<string, GraphQlRootField> schema, JsonElement body)
    {
        var query = body.TryGetProperty("query", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new GraphQlRequestException("There is no query.");
        var name = body.TryGetProperty("operationName", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        _operation = GraphQlParser.Parse(query, name);
        _variables = VariablesOf(body);
        Roots = [.. Flatten(_operation.Selections).Select(field => Check(field, schema))];
    }

    /// <summary>Gets the root fields that are asked for, with their arguments.</summary>
    public IReadOnlyList<(GraphQlSelection.Field Field, GraphQlRootField Root, GraphQlArguments Arguments)> Roots { get; }

    /// <summary>Resolves every root field. One that fails is null and has an error under its path.</summary>
    public JsonObject Run()
    {
        var data = new JsonObject();
        var errors = new JsonArray();
        foreach (var (field, root, arguments) in Roots)
        {
            try
            {
                data[field.Alias] = Project(root.Resolve(arguments), field);
            }
            catch (GraphQlFieldException e)
            {
                data[field.Alias] = null;
                errors.Add(new JsonObject
                {
                    ["message"] = e.Message,
                    ["path"] = new JsonArray(field.Alias),
                    ["extensions"] = new JsonObject { ["code"] = e.Code },
                });
            }
        }

        // Clients take the very presence of the key for a failure.
        return errors.Count == 0 ? new JsonObject { ["data"] = data } : new JsonObject { ["errors"] = errors, ["data"] = data };
    }

    private (GraphQlSelection.Field Field, GraphQlRootField Root, GraphQlArguments Arguments) Check(
        GraphQlSelection.Field field, IReadOnlyDictionary<string, GraphQlRootField> schema)
    {
        if (!schema.TryGetValue(field.Name, out var root) || root.IsMutation != (_operation.Kind == "mutation"))
        {
            throw new GraphQlRequestException($"Cannot query field '{field.Name}'.");
        }

        var known = root.Arguments.Select(argument => argument.TrimEnd('!')).ToHashSet();
        if (field.Arguments.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new GraphQlRequestException($"Unknown argument '{unknown}' on field '{field.Name}'.");
        }

        var values = field.Arguments.ToDictionary(pair => pair.Key, pair => Evaluate(pair.Value));
        if (root.Arguments.FirstOrDefault(argument => argument.EndsWith('!') && values.GetValueOrDefault(argument.TrimEnd('!')) is null) is { } missing)
        {
            throw new GraphQlRequestException($"Argument '{missing.TrimEnd('!')}' of field '{field.Name}' is required.");
        }

        return (field, root, new GraphQlArguments(values));
    }

    private Dictionary<string, JsonNode?> VariablesOf(JsonElement body)
    {
        var given = body.TryGetProperty("variables", out var variables) && variables.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(variables)!
            : [];
        var values = new Dictionary<string, JsonNode?>();
        foreach (var variable in _operation.Variables)
        {
            values[variable.Name] = given[variable.Name]?.DeepClone() ?? (variable.Default is { } value ? Evaluate(value, values) : null);
            if (variable.IsRequired && values[variable.Name] is null)
            {
                throw new GraphQlRequestException($"Variable '${variable.Name}' of a required type was not provided.");
            }
        }

        return values;
    }

    private JsonNode? Evaluate(GraphQlValue value) => Evaluate(value, _variables);

    private static JsonNode? Evaluate(GraphQlValue value, IReadOnlyDictionary<string, JsonNode?> variables) => value switch
    {
        GraphQlValue.Variable variable => variables.TryGetValue(variable.Name, out var given)
            ? given?.DeepClone()
            : throw new GraphQlRequestException($"Variable '${variable.Name}' is not defined."),
        GraphQlValue.Literal literal => literal.Json?.DeepClone(),
        GraphQlValue.List list => new JsonArray([.. list.Items.Select(item => Evaluate(item, variables))]),
        GraphQlValue.Object members => new JsonObject(members.Members.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, Evaluate(pair.Value, variables)))),
        _ => throw new GraphQlRequestException("A value cannot be read."),
    };

    private IEnumerable<GraphQlSelection.Field> Flatten(IReadOnlyList<GraphQlSelection> selections) => selections.SelectMany(selection => selection switch
    {
        GraphQlSelection.Field field => [field],
        GraphQlSelection.Inline inline => Flatten(inline.Selections),
        GraphQlSelection.Spread spread when _operation.Fragments.TryGetValue(spread.Fragment, out var fields) => Flatten(fields),
        _ => throw new GraphQlRequestException("A fragment is unknown."),
    });

    private JsonNode? Project(JsonNode? value, GraphQlSelection.Field field)
    {
        if (value is JsonArray array)
        {
            return new JsonArray([.. array.Select(item => Project(item, field))]);
        }

        if (value is not JsonObject source)
        {
            return value is null || field.Selections.Count == 0 ? value?.DeepClone() : throw new GraphQlRequestException($"Field '{field.Name}' has no fields.");
        }

        if (field.Selections.Count == 0)
        {
            throw new GraphQlRequestException($"Field '{field.Name}' must have a selection of its fields.");
        }

        return new JsonObject(Flatten(field.Selections).Select(inner => new KeyValuePair<string, JsonNode?>(
            inner.Alias,
            source.TryGetPropertyValue(inner.Name, out var member)
                ? Project(member, inner)
                : throw new GraphQlRequestException($"Cannot query field '{inner.Name}' on '{field.Name}'."))));
    }
}
