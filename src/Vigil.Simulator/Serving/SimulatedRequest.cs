using Microsoft.AspNetCore.Http;

namespace Vigil.Simulator;

/// <summary>A request with its decompressed body.</summary>
internal sealed class SimulatedRequest(HttpContext context, byte[] body, TimeProvider time)
{
    /// <summary>Gets the current time rather than the time of arrival: a delayed request must not change a past state that clients have already seen.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Gets the address by which the client reached the simulator.</summary>
    public Uri Host => new($"{context.Request.Scheme}://{context.Request.Host}");

    // The server leaves escaped slashes in the path as they are.
    public string Route(string name) => ((string?)context.Request.RouteValues[name] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public string? Query(string name) => context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    public string? Header(string name) => context.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>Returns the secret of <c>Authorization: Bearer</c>; null without one.</summary>
    public string? Bearer() =>
        Header("Authorization") is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header.Length > 7 ? header[7..].Trim() : null;

    /// <summary>Returns the body as a JSON object; null if it is not one. An empty body is read as an empty object.</summary>
    public JsonElement? Json()
    {
        try
        {
            var json = body.Length == 0 ? WireValues.EmptyObject : JsonElement.Parse(body, new JsonDocumentOptions { MaxDepth = 128 });
            return json.ValueKind == JsonValueKind.Object ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
