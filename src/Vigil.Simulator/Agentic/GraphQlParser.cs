using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Vigil.Simulator.Agentic;

/// <summary>Reads GraphQL documents: queries and mutations with variables, aliases, arguments, nested selections and fragments.</summary>
internal sealed class GraphQlParser
{
    private const int Deepest = 30;

    private readonly List<string> _tokens;
    private int _next;
    private int _depth;

    private GraphQlParser(string text) => _tokens = Tokenize(text);

    /// <summary>Reads a document and returns the named operation, or the only one.</summary>
    public static GraphQlOperation Parse(string text, string? operationName)
    {
        var parser = new GraphQlParser(text);
        var operations = new List<GraphQlOperation>();
        var fragments = new Dictionary<string, IReadOnlyList<GraphQlSelection>>();
        while (parser._next < parser._tokens.Count)
        {
            if (parser.Peek() == "fragment")
            {
                parser._next++;
                var name = parser.Name();
                parser.Expect("on");
                parser.Name();
                fragments[name] = parser.Selections();
            }
            else
            {
                operations.Add(parser.Operation());
            }
        }

        var found = operations.Where(operation => operationName is null || operation.Name == operationName).ToList();
        return found.Count == 1 ? found[0] with { Fragments = fragments } : throw new GraphQlRequestException("The document must have one operation of that name.");
    }

    private GraphQlOperation Operation()
    {
        if (Peek() == "{")
        {
            return new GraphQlOperation("query", null, [], Selections());
        }

        var kind = Name();
        if (kind is not ("query" or "mutation"))
        {
            throw new GraphQlRequestException($"Unexpected '{kind}'.");
        }

        var name = Peek() is "(" or "{" or "@" ? null : Name();
        return new GraphQlOperation(kind, name, Take("(") ? Until(")", Variable) : [], Selections());
    }

    private GraphQlVariable Variable()
    {
        Expect("$");
        var name = Name();
        Expect(":");
        var isRequired = Type();
        return new GraphQlVariable(name, isRequired, Take("=") ? Value() : null);
    }

    // What a type is called is the schema's concern; here it only counts whether a value must be given.
    private bool Type()
    {
        if (Take("["))
        {
            Type();
            Expect("]");
        }
        else
        {
            Name();
        }

        return Take("!");
    }

    private List<GraphQlSelection> Selections()
    {
        if (++_depth > Deepest)
        {
            throw new GraphQlRequestException("The document is nested too deeply.");
        }

        Expect("{");
        var selections = Until("}", Selection);
        _depth--;
        return selections.Count > 0 ? selections : throw new GraphQlRequestException("A selection is empty.");
    }

    private GraphQlSelection Selection()
    {
        if (Take("..."))
        {
            if (Peek() == "{" || Take("on"))
            {
                if (Peek() != "{")
                {
                    Name();
                }

                return new GraphQlSelection.Inline(Selections());
            }

            return new GraphQlSelection.Spread(Name());
        }

        var first = Name();
        var name = Take(":") ? Name() : first;
        var arguments = Take("(") ? Until(")", Argument).ToDictionary(pair => pair.Key, pair => pair.Value) : [];
        return new GraphQlSelection.Field(first, name, arguments, _next < _tokens.Count && Peek() == "{" ? Selections() : []);
    }

    private KeyValuePair<string, GraphQlValue> Argument()
    {
        var name = Name();
        Expect(":");
        return new(name, Value());
    }

    private GraphQlValue Value()
    {
        if (Take("$"))
        {
            return new GraphQlValue.Variable(Name());
        }

        if (Take("["))
        {
            return new GraphQlValue.List(Until("]", Value));
        }

        if (Take("{"))
        {
            return new GraphQlValue.Object(Until("}", Argument).ToDictionary(pair => pair.Key, pair => pair.Value));
        }

        var token = Advance();
        return new GraphQlValue.Literal(token switch
        {
            "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when token[0] == '"' => JsonValue.Create(token[1..]),
            _ when double.TryParse(token, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(token),
        });
    }

    private List<T> Until<T>(string end, Func<T> read)
    {
        var items = new List<T>();
        while (!Take(end))
        {
            items.Add(read());
        }

        return items;
    }

    private string Peek() => _next < _tokens.Count ? _tokens[_next] : throw new GraphQlRequestException("The document ends too early.");

    private string Advance()
    {
        var token = Peek();
        _next++;
        return token;
    }

    private bool Take(string token)
    {
        var isThere = Peek() == token;
        _next += isThere ? 1 : 0;
        return isThere;
    }

    private void Expect(string token)
    {
        if (!Take(token))
        {
            throw new GraphQlRequestException($"Expected '{token}' and found '{Peek()}'.");
        }
    }

    private string Name()
    {
        var token = Advance();
        return char.IsAsciiLetter(token[0]) || token[0] == '_' ? token : throw new GraphQlRequestException($"Expected a name and found '{token}'.");
    }

    // A string's token keeps its opening quotation mark, so that no text is mistaken for a sign. Commas are blanks.
    private static List<string> Tokenize(string text)
    {
        var tokens = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c) || c is ',' or '\uFEFF')
            {
                i++;
            }
            else if (c == '#')
            {
                i = text.IndexOf('\n', i) is var end && end < 0 ? text.Length : end;
            }
            else if (c == '"')
            {
                tokens.Add(String(text, ref i));
            }
            else if (text.AsSpan(i).StartsWith("..."))
            {
                tokens.Add("...");
                i += 3;
            }
            else if (char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            {
                var start = i++;
                while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '_' or '.' or '+'))
                {
                    i++;
                }

                tokens.Add(text[start..i]);
            }
            else
            {
                tokens.Add(c.ToString());
                i++;
            }
        }

        return tokens;
    }

    private static string String(string text, ref int i)
    {
        var value = new StringBuilder("\"");
        for (i++; i < text.Length && text[i] != '"'; i++)
        {
            value.Append(text[i] != '\\' || i + 1 == text.Length ? text[i] : text[++i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                var escaped => escaped,
            });
        }

        if (i >= text.Length)
        {
            throw new GraphQlRequestException("A string does not end.");
        }

        i++;
        return value.ToString();
    }
}
