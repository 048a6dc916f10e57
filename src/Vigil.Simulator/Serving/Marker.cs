using System.Text.Json;

namespace Vigil.Simulator;

/// <summary>What identifies a start to its sender on platforms that carry no such thing: the input's own <c>marker</c>, where it has one.</summary>
internal static class Marker
{
    public static string? In(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty("marker", out var marker) && marker.ValueKind == JsonValueKind.String
            ? marker.GetString()
            : null;
}
