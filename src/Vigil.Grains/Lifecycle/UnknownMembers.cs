using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Grains.Lifecycle;

/// <summary>Extracts the JSON members that a type does not know, and restores them.</summary>
internal static class UnknownMembers
{
    /// <summary>Returns the unknown members of a value and of its nested values, in the same structure; null if there are none.</summary>
    public static JsonNode? Of(JsonElement json, JsonTypeInfo type) => (json.ValueKind, type.Kind) switch
    {
        (JsonValueKind.Object, JsonTypeInfoKind.Object) => OfObject(json, type),
        (JsonValueKind.Array, JsonTypeInfoKind.Enumerable) => OfArray(json, ElementOf(type)),
        _ => null,
    };

    /// <summary>
    /// Adds unknown members to a value that was written without them. Those of a nested value that no longer exists are dropped. List elements are matched
    /// by index, because the state's lists only grow at the end.
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
