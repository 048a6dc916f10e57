using System.Text.Json.Nodes;

namespace Vigil.Simulator;

/// <summary>Reads and writes the values that the platforms' bodies have in common.</summary>
internal static class WireValues
{
    public static readonly JsonElement EmptyObject = JsonElement.Parse("{}");

    /// <summary>Returns a member; null if the value is not an object, or the member is missing or null.</summary>
    public static JsonElement? Member(this JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement body, string name) => body.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static string? Text(this JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Returns <c>marker</c> in the input, by which the sender recognizes its start on platforms without a field for that.</summary>
    public static string? Marker(this JsonElement input) => input.Text("marker");

    public static string? Iso(this DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
