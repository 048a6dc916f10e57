using System.Text.Json.Nodes;
using GraphQLParser.AST;

namespace Vigil.Simulator.Agentic;

/// <summary>A root field of the schema. The names of required arguments end with an exclamation mark; <c>Operation</c> is its name in the ledger.</summary>
internal sealed record GraphQlRootField(
    string Name, bool IsMutation, string[] Arguments, string Operation, Func<GraphQlArguments, JsonNode?> Resolve);

/// <summary>The arguments of a field, with variables replaced by their values.</summary>
internal sealed class GraphQlArguments(IReadOnlyDictionary<string, JsonNode?> values)
{
    public JsonNode? this[string name] => values.GetValueOrDefault(name);

    public string Text(string name) => TextOrNull(name) ?? throw new GraphQlFieldException("BAD_USER_INPUT", $"Argument '{name}' must be a string.");

    // An argument of type ID accepts a string or a whole number.
    public string? TextOrNull(string name) => values.GetValueOrDefault(name) is not JsonValue value ? null
        : value.TryGetValue<string>(out var text) ? text
        : name.EndsWith("id", StringComparison.OrdinalIgnoreCase) && value.TryGetValue<long>(out _) ? value.ToString()
        : null;
}

/// <summary>A request: validated against the schema when it is created, resolved when it runs.</summary>
internal sealed class GraphQlExecution
{
    private const string TypeName = "__typename";

    private readonly GraphQlDocument _document;
    private readonly IReadOnlyDictionary<string, JsonNode?> _variables;

    public GraphQlExecution(IReadOnlyDictionary<string, GraphQlRootField> schema, JsonElement body, int maxRoots)
    {
        var query = body.Text("query") ?? throw new GraphQlRequestException("The request has no query.");
        _document = GraphQlDocument.Parse(query, body.Text("operationName"));
        _variables = VariablesOf(body);
        Roots = [.. Fields(_document.Operation.SelectionSet).Select(field => Check(field, schema))];
        if (Roots.Count == 0 || Roots.Count > maxRoots)
        {
            throw new GraphQlRequestException(Roots.Count == 0 ? "The request selects no field." : $"A request may have at most {maxRoots} fields.");
        }
    }

    public IReadOnlyList<(GraphQLField Field, GraphQlRootField Root, GraphQlArguments Arguments)> Roots { get; }

    /// <summary>Resolves every root field. One that fails becomes null, with an error under its path.</summary>
    public JsonObject Run()
    {
        var data = new JsonObject();
        var errors = new JsonArray();
        foreach (var (field, root, arguments) in Roots)
        {
            try
            {
                data[KeyOf(field)] = Project(root.Resolve(arguments), field);
            }
            catch (GraphQlFieldException e)
            {
                data[KeyOf(field)] = null;
                errors.Add(new JsonObject
                {
                    ["message"] = e.Message,
                    ["path"] = new JsonArray(KeyOf(field)),
                    ["extensions"] = new JsonObject { ["code"] = e.Code },
                });
            }
        }

        // Clients treat the presence of this key as a failure, even if it is empty.
        return errors.Count == 0 ? new JsonObject { ["data"] = data } : new JsonObject { ["errors"] = errors, ["data"] = data };
    }

    private (GraphQLField Field, GraphQlRootField Root, GraphQlArguments Arguments) Check(
        GraphQLField field, IReadOnlyDictionary<string, GraphQlRootField> schema)
    {
        var isMutation = _document.Operation.Operation == OperationType.Mutation;
        var name = field.Name.StringValue;
        var root = name == TypeName ? new(TypeName, isMutation, [], "typename", _ => isMutation ? "Mutation" : "Query")
            : schema.GetValueOrDefault(name) is { } found && found.IsMutation == isMutation ? found
            : throw new GraphQlRequestException($"Cannot query field '{name}'.");
        var given = GraphQlDocument.ByName(field.Arguments?.Items ?? [], argument => argument.Name);
        var known = root.Arguments.Select(argument => argument.TrimEnd('!')).ToHashSet();
        if (given.Keys.FirstOrDefault(argument => !known.Contains(argument)) is { } unknown)
        {
            throw new GraphQlRequestException($"Unknown argument '{unknown}' on field '{name}'.");
        }

        var values = given.ToDictionary(pair => pair.Key, pair => GraphQlDocument.Evaluate(pair.Value.Value, _variables));
        if (root.Arguments.FirstOrDefault(argument => argument.EndsWith('!') && values.GetValueOrDefault(argument.TrimEnd('!')) is null) is { } missing)
        {
            throw new GraphQlRequestException($"Argument '{missing.TrimEnd('!')}' of field '{name}' is required.");
        }

        return (field, root, new GraphQlArguments(values));
    }

    private Dictionary<string, JsonNode?> VariablesOf(JsonElement body)
    {
        var given = body.Member("variables") is { ValueKind: JsonValueKind.Object } variables ? JsonObject.Create(variables)! : [];
        var values = new Dictionary<string, JsonNode?>();
        foreach (var variable in _document.Operation.Variables?.Items ?? [])
        {
            var name = variable.Variable.Name.StringValue;
            values[name] = given[name]?.DeepClone() ?? (variable.DefaultValue is { } value ? GraphQlDocument.Evaluate(value, values) : null);
            if (variable.Type is GraphQLNonNullType && values[name] is null)
            {
                throw new GraphQlRequestException($"Variable '${name}' of a required type was not provided.");
            }
        }

        return values;
    }

    private IEnumerable<GraphQLField> Fields(GraphQLSelectionSet? set) => _document.Fields(set, _variables);

    private static string KeyOf(GraphQLField field) => (field.Alias?.Name ?? field.Name).StringValue;

    private JsonNode? Project(JsonNode? value, GraphQLField field)
    {
        var name = field.Name.StringValue;
        if (value is JsonArray array)
        {
            return new JsonArray([.. array.Select(item => Project(item, field))]);
        }

        if (value is not JsonObject source)
        {
            return value is null || field.SelectionSet is null ? value?.DeepClone() : throw new GraphQlRequestException($"Field '{name}' has no fields.");
        }

        if (field.SelectionSet is null)
        {
            throw new GraphQlRequestException($"Field '{name}' must have a selection of its fields.");
        }

        var projected = new JsonObject();
        foreach (var inner in Fields(field.SelectionSet))
        {
            // The platform's types have no published names, so an object's is the name of its field.
            projected[KeyOf(inner)] = inner.Name.StringValue == TypeName ? name
                : source.TryGetPropertyValue(inner.Name.StringValue, out var member) ? Project(member, inner)
                : throw new GraphQlRequestException($"Cannot query field '{inner.Name.StringValue}' on '{name}'.");
        }

        return projected;
    }
}
