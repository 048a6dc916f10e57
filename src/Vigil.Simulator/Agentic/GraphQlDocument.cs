using System.Text.Json.Nodes;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;

namespace Vigil.Simulator.Agentic;

/// <summary>An operation of a GraphQL document, with the document's fragments.</summary>
internal sealed class GraphQlDocument
{
    private const int MaxDepth = 64;
    private const int MaxFragmentDepth = 10;

    private readonly Dictionary<string, GraphQLFragmentDefinition> _fragments;

    private GraphQlDocument(GraphQLOperationDefinition operation, IEnumerable<GraphQLFragmentDefinition> fragments)
    {
        Operation = operation;
        _fragments = ByName(fragments, fragment => fragment.FragmentName.Name);
    }

    public GraphQLOperationDefinition Operation { get; }

    /// <summary>Parses a document and selects the named operation, or the only one.</summary>
    public static GraphQlDocument Parse(string text, string? operationName)
    {
        GraphQLDocument document;
        try
        {
            document = Parser.Parse(text, new ParserOptions { Ignore = IgnoreOptions.All, MaxDepth = MaxDepth });
        }
        catch (GraphQLParserException e)
        {
            throw new GraphQlRequestException(e.Description);
        }

        var operations = document.Definitions.OfType<GraphQLOperationDefinition>()
            .Where(operation => operationName is null || operation.Name?.StringValue == operationName).ToList();
        return operations is [{ Operation: not OperationType.Subscription }]
            ? new GraphQlDocument(operations[0], document.Definitions.OfType<GraphQLFragmentDefinition>())
            : throw new GraphQlRequestException("The document must have exactly one query or mutation with that name.");
    }

    /// <summary>Returns the selected fields, with fragments expanded and directives applied.</summary>
    public IEnumerable<GraphQLField> Fields(GraphQLSelectionSet? set, IReadOnlyDictionary<string, JsonNode?> variables, int depth = 0) =>
        depth > MaxFragmentDepth ? throw new GraphQlRequestException("The fragments are nested too deeply, or contain themselves.")
        : (set?.Selections ?? []).Where(selection => IsIncluded((IHasDirectivesNode)selection, variables)).SelectMany(selection => selection switch
        {
            GraphQLField field => [field],
            GraphQLInlineFragment inline => Fields(inline.SelectionSet, variables, depth + 1),
            GraphQLFragmentSpread spread when _fragments.TryGetValue(spread.FragmentName.Name.StringValue, out var fragment) =>
                Fields(fragment.SelectionSet, variables, depth + 1),
            _ => throw new GraphQlRequestException("A fragment is unknown."),
        });

    public static JsonNode? Evaluate(GraphQLValue value, IReadOnlyDictionary<string, JsonNode?> variables) => value switch
    {
        GraphQLVariable variable => variables.TryGetValue(variable.Name.StringValue, out var given)
            ? given?.DeepClone()
            : throw new GraphQlRequestException($"Variable '${variable.Name.StringValue}' is not defined."),
        GraphQLNullValue => null,
        GraphQLBooleanValue flag => JsonValue.Create(flag.BoolValue),
        GraphQLStringValue text => JsonValue.Create((string)text.Value),
        GraphQLEnumValue name => JsonValue.Create(name.Name.StringValue),
        GraphQLIntValue number => JsonNode.Parse((string)number.Value),
        GraphQLFloatValue number => JsonValue.Create(double.Parse(number.Value, CultureInfo.InvariantCulture)),
        GraphQLListValue list => new JsonArray([.. (list.Values ?? []).Select(item => Evaluate(item, variables))]),
        GraphQLObjectValue members => new JsonObject(ByName(members.Fields ?? [], member => member.Name)
            .Select(member => new KeyValuePair<string, JsonNode?>(member.Key, Evaluate(member.Value.Value, variables)))),
        _ => throw new GraphQlRequestException("Unsupported value."),
    };

    /// <summary>Indexes items by name; a repeated name is an error.</summary>
    public static Dictionary<string, T> ByName<T>(IEnumerable<T> items, Func<T, GraphQLName> name)
    {
        var byName = new Dictionary<string, T>();
        foreach (var item in items)
        {
            if (!byName.TryAdd(name(item).StringValue, item))
            {
                throw new GraphQlRequestException($"There can be only one '{name(item).StringValue}' here.");
            }
        }

        return byName;
    }

    private static bool IsIncluded(IHasDirectivesNode node, IReadOnlyDictionary<string, JsonNode?> variables) =>
        (node.Directives?.Items ?? []).All(directive => (directive.Name.StringValue, Condition(directive, variables)) switch
        {
            ("skip", { } condition) => !condition,
            ("include", { } condition) => condition,
            ("skip" or "include", null) => throw new GraphQlRequestException($"Directive '@{directive.Name.StringValue}' needs 'if', true or false."),
            _ => throw new GraphQlRequestException($"Unknown directive '@{directive.Name.StringValue}'."),
        });

    private static bool? Condition(GraphQLDirective directive, IReadOnlyDictionary<string, JsonNode?> variables) =>
        directive.Arguments?.ValueFor("if") is { } value && Evaluate(value, variables) is JsonValue given && given.TryGetValue<bool>(out var flag) ? flag : null;
}

/// <summary>The request as a whole is rejected.</summary>
internal sealed class GraphQlRequestException(string message, int status = 400, string code = "GRAPHQL_VALIDATION_FAILED") : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}

/// <summary>One field fails; the others are still resolved.</summary>
internal sealed class GraphQlFieldException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
