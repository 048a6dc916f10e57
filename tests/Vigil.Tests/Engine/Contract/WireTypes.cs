using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigil.Tests.Engine.Contract;

/// <summary>Which types may stand in a signature or a wire type, looking through arrays and type arguments.</summary>
internal static class WireTypes
{
    // Object says nothing about what travels; a JsonElement is a window into a document that stays behind.
    private static readonly Type[] Forbidden =
        [typeof(object), typeof(JsonElement), typeof(JsonDocument), typeof(JsonNode), typeof(JsonObject), typeof(JsonArray), typeof(JsonValue)];

    internal static IEnumerable<string> Violations(Type type)
    {
        if (type.HasElementType)
        {
            return Violations(type.GetElementType()!);
        }

        var arguments = type.IsGenericType ? type.GetGenericArguments().SelectMany(Violations) : [];
        return (Reason(type) is { } reason ? [reason] : Array.Empty<string>()).Concat(arguments);
    }

    private static string? Reason(Type type)
    {
        if (Forbidden.Contains(type))
        {
            return $"{type.Name}.";
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return $"{type.Name}, which is code and not data.";
        }

        var isOurs = type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true && type.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) != true;
        return isOurs && !type.IsGenericParameter && !type.IsEnum && !WireContract.IsGrainInterface(type) && !WireContract.IsWireType(type)
            ? $"{type.Name}, which has no [GenerateSerializer]."
            : null;
    }
}
