using System.Text.Json.Nodes;

namespace Vigil.Gateway.Tests.OpenApi;

/// <summary>Compares a value with a schema more strictly than the schema itself asks: an object may have no member that the schema does not name.</summary>
internal sealed class SchemaCheck(JsonNode document)
{
    public void Check(string place, JsonNode? value, JsonNode schema)
    {
        schema = Resolve(schema);
        if (schema["oneOf"] is JsonArray choices)
        {
            // The only choice that is made is between null and something else.
            var isNull = value is null;
            Check(place, value, choices.Select(choice => Resolve(choice!)).Single(choice => isNull == (choice["type"] is JsonValue type && (string?)type == "null")));
            return;
        }

        if (TypesOf(schema) is { Length: > 0 } types)
        {
            Assert.True(types.Contains(TypeOf(value)) || (types.Contains("number") && TypeOf(value) == "integer"), $"{place} is {value?.ToJsonString() ?? "null"}, not {string.Join(" or ", types)}.");
        }

        if (schema["enum"] is JsonArray words && value is not null)
        {
            Assert.Contains((string)value!, words.Select(word => (string)word!));
        }

        if (schema["maxLength"] is { } length && value is JsonValue)
        {
            Assert.InRange(((string)value!).Length, 0, (int)length);
        }

        if (value is JsonArray items)
        {
            foreach (var item in items)
            {
                Check($"{place}[]", item, schema["items"] ?? new JsonObject());
            }
        }
        else if (value is JsonObject members && (schema["properties"] is not null || schema["additionalProperties"] is not null))
        {
            CheckMembers(place, members, schema);
        }
    }

    public JsonNode Resolve(JsonNode schema) =>
        (string?)schema["$ref"] is { } reference ? document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]! : schema;

    private void CheckMembers(string place, JsonObject members, JsonNode schema)
    {
        var properties = schema["properties"] as JsonObject ?? [];
        var others = schema["additionalProperties"] as JsonObject;
        foreach (var (name, value) in members)
        {
            Assert.True(properties.ContainsKey(name) || others is not null, $"{place} has the member {name}, which the document does not have.");
            Check($"{place}.{name}", value, properties[name] ?? others!);
        }

        foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => (string)name!))
        {
            Assert.True(members.ContainsKey(name), $"{place} lacks the member {name}.");
        }
    }

    private static string[] TypesOf(JsonNode schema) => schema["type"] switch
    {
        null => [],
        JsonArray several => [.. several.Select(type => (string)type!)],
        var one => [(string)one!],
    };

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-') ? "integer" : "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
