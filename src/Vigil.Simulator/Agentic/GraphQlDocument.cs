using System.Text.Json.Nodes;

namespace Vigil.Simulator.Agentic;

/// <summary>One operation of a GraphQL document, with the fragments that it may use.</summary>
internal sealed record GraphQlOperation(
    string Kind, string? Name, IReadOnlyList<GraphQlVariable> Variables, IReadOnlyList<GraphQlSelection> Selections)
{
    public Dictionary<string, IReadOnlyList<GraphQlSelection>> Fragments { get; init; } = [];
}

/// <summary>A variable that an operation declares.</summary>
internal sealed record GraphQlVariable(string Name, bool IsRequired, GraphQlValue? Default);

/// <summary>What is selected: a field, or a fragment's fields.</summary>
internal abstract record GraphQlSelection
{
    internal sealed record Field(
        string Alias, string Name, IReadOnlyDictionary<string, GraphQlValue> Arguments, IReadOnlyList<GraphQlSelection> Selections) : GraphQlSelection;

    internal sealed record Spread(string Fragment) : GraphQlSelection;

    internal sealed record Inline(IReadOnlyList<GraphQlSelection> Selections) : GraphQlSelection;
}

/// <summary>A value in a document: written out, or a variable's.</summary>
internal abstract record GraphQlValue
{
    internal sealed record Variable(string Name) : GraphQlValue;

    internal sealed record Literal(JsonNode? Json) : GraphQlValue;

    internal sealed record List(IReadOnlyList<GraphQlValue> Items) : GraphQlValue;

    internal sealed record Object(IReadOnlyDictionary<string, GraphQlValue> Members) : GraphQlValue;
}

/// <summary>A request that is refused before anything runs.</summary>
internal sealed class GraphQlRequestException(string message) : Exception(message);

/// <summary>A field that fails while the others stand.</summary>
internal sealed class GraphQlFieldException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
