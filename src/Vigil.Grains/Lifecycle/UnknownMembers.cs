using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Grains.Lifecycle;

/// <summary>Takes out of JSON what a type does not know, and puts it back.</summary>
internal static class UnknownMembers
{
    /// <summary>Returns the unknown members of a value, and of the values in it, each at its place; null where there is none.</summary>
    public static JsonNode? Of(JsonElement json, JsonTypeInfo type) => (json.ValueKind, type.Kind) switch
    {
        (JsonValueKind.Object, JsonTypeInfoKind.Object) => OfObject(json, type),
        (JsonValueKind.Array, JsonTypeInfoKind.Enumerable) => OfArray(json, ElementOf(type)),
        _ => null,
    };

    /// <summary>
    /// Adds unknown members to a value that was written without them. What stood inside a known value that is gone, goes with it. Elements of
    /// lists are told apart by their place: the state's lists grow at the end and nowhere else.
    /// </summary>
    public static void Restore(JsonNode? json, JsonNode? unknown, JsonTypeInfo type)
    {
        if (json is JsonObject known && unknown is JsonObject members)
        {
            foreach (var (name, member) in members)
            {
                if (MemberOf(type, name) is { } memberType)
                {
                    Restore(known[name], member, memberType);
                }
                else
                {
                    known[name] = member?.DeepClone();
                }
            }
        }
        else if (json is JsonArray list && unknown is JsonArray elements)
        {
            foreach (var (element, added) in list.Zip(elements))
            {
                Restore(element, added, ElementOf(type));
            }
        }
    }

    private static JsonObject? OfObject(JsonElement json, JsonTypeInfo type)
    {
        var unknown = new JsonObject();
        foreach (var member in json.EnumerateObject())
        {
            if (MemberOf(type, member.Name) is not { } memberType)
            {
                unknown[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }
            else if (Of(member.Value, memberType) is { } inside)
            {
                unknown[member.Name] = inside;
            }
        }

        return unknown.Count == 0 ? null : unknown;
    }

    private static JsonArray? OfArray(JsonElement json, JsonTypeInfo elementType)
    {
        JsonNode?[] elements = [.. json.EnumerateArray().Select(element => Of(element, elementType))];
        return elements.All(element => element is null) ? null : new(elements);
    }

    private static JsonTypeInfo? MemberOf(JsonTypeInfo type, string name) =>
        type.Properties.FirstOrDefault(property => property.Name == name) is { } property ? type.Options.GetTypeInfo(property.PropertyType) : null;

    private static JsonTypeInfo ElementOf(JsonTypeInfo type) => type.Options.GetTypeInfo(type.ElementType!);
}
