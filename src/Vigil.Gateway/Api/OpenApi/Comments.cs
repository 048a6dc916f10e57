using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vigil.Gateway.Api;

/// <summary>
/// Turns the comments of types, which the framework uses as descriptions of schemas, into sentences about JSON: <c>Gets the name</c> becomes
/// <c>The name</c>, and references become the names of members in JSON, or the values of constants.
/// </summary>
internal static partial class Comments
{
    private static readonly (string InCode, string InJson)[] Phrases =
    [
        ("Gets a value indicating whether", "Whether"),
        ("as the text of a JSON object", "as a JSON object"),
        ("as JSON text", "as JSON"),
        ("\n", " "),
    ];

    /// <summary>Changes all descriptions below a node of the document.</summary>
    public static void Translate(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                {
                    if (name == "description" && value is JsonValue text)
                    {
                        members[name] = Translate((string)text!);
                    }

                    Translate(value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Translate(item);
                }

                break;
        }
    }

    private static string Translate(string comment)
    {
        var text = Phrases.Aggregate(comment, (text, phrase) => text.Replace(phrase.InCode, phrase.InJson, StringComparison.Ordinal));
        text = MemberReference().Replace(text, match => ValueOf(match.Groups[1].Value, match.Groups[2].Value));
        text = WordsReference().Replace(text, match => WordsOf(match.Groups[1].Value) is { Length: > 0 } words ? $"one of {string.Join(", ", words)}" : match.Value);
        text = text.StartsWith("Gets ", StringComparison.Ordinal) ? text["Gets ".Length..] : text;
        return text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    private static string ValueOf(string type, string member) => ConstantsOf(type).SingleOrDefault(constant => constant.Name == member) is { } constant
        ? Convert.ToString(constant.GetRawConstantValue(), CultureInfo.InvariantCulture)!
        : JsonNamingPolicy.SnakeCaseLower.ConvertName(member);

    private static string[] WordsOf(string type) => [.. ConstantsOf(type).Select(constant => constant.GetRawConstantValue()).OfType<string>()];

    private static IEnumerable<FieldInfo> ConstantsOf(string type) =>
        typeof(Execution).Assembly.GetType($"{nameof(Vigil)}.{type}")?.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral) ?? [];

    // As the framework writes them: the type of the member, the type that has it, and its name.
    [GeneratedRegex(@"[\w?]+(?:&lt;\w+&gt;)? ([A-Z]\w+)\.([A-Z]\w+)")]
    private static partial Regex MemberReference();

    [GeneratedRegex(@"one of ([A-Z]\w+)")]
    private static partial Regex WordsReference();
}
