namespace Vigil.Simulator.Cognite;

/// <summary>The body of a start, checked against the platform's limits.</summary>
internal readonly record struct StartBody(string? Nonce, string? Input, string? Metadata, string? Marker)
{
    private const int MaxId = 255;
    private const int MaxInputBytes = 100 * 1024;
    private const int MaxMetadata = 10;
    private const int MaxKey = 32;
    private const int MaxValue = 255;

    /// <summary>Reads the body; returns an error message, or null.</summary>
    public static string? Read(SimulatedRequest request, string workflow, string version, out StartBody body)
    {
        body = default;
        if (request.Json() is not { } json)
        {
            return "The body must be a JSON object";
        }

        if (NonceOf(json) is not { Length: > 0 } nonce)
        {
            return "authentication.nonce: must not be null";
        }

        var input = json.Member("input");
        var metadata = json.Member("metadata");
        if (!IsId(workflow) || !IsId(version))
        {
            return $"externalId and version: size must be between 1 and {MaxId} without leading or trailing whitespace";
        }

        if (input is { } value && (value.ValueKind != JsonValueKind.Object || Encoding.UTF8.GetByteCount(value.GetRawText()) > MaxInputBytes))
        {
            return "input: must be an object of at most 100KB";
        }

        if (metadata is { } pairs && !IsMetadata(pairs))
        {
            return $"metadata: at most {MaxMetadata} pairs of strings, keys up to {MaxKey} and values up to {MaxValue} characters";
        }

        // Vigil's own metadata identifies its starts; other senders are identified by the marker in the input.
        body = new StartBody(nonce, input?.GetRawText(), metadata?.GetRawText(), metadata?.Text("vigil_execution_id") ?? input?.Marker());
        return null;
    }

    public static string? NonceOf(JsonElement? json) => json?.Member("authentication")?.Text("nonce");

    private static bool IsId(string id) => id.Length is > 0 and <= MaxId && id.Trim().Length == id.Length && !id.Contains('\0', StringComparison.Ordinal);

    private static bool IsMetadata(JsonElement pairs) => pairs.ValueKind == JsonValueKind.Object
        && pairs.EnumerateObject().Count() <= MaxMetadata
        && pairs.EnumerateObject().All(pair => pair.Name.Length <= MaxKey && pair.Value.ValueKind == JsonValueKind.String
            && pair.Value.GetString()!.Length <= MaxValue);
}
