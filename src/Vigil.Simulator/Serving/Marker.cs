namespace Vigil.Simulator;

/// <summary>Reads what identifies a start to its sender, on platforms without a field for it: <c>marker</c> in the input, if it is there.</summary>
internal static class Marker
{
    public static string? In(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty("marker", out var marker) && marker.ValueKind == JsonValueKind.String
            ? marker.GetString()
            : null;
}
