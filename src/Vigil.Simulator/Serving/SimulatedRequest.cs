using Microsoft.AspNetCore.Http;

namespace Vigil.Simulator;

/// <summary>A request with its decompressed body.</summary>
public sealed class SimulatedRequest
{
    private readonly HttpContext _context;
    private readonly byte[] _body;
    private readonly TimeProvider _time;

    internal SimulatedRequest(HttpContext context, byte[] body, TimeProvider time) => (_context, _body, _time) = (context, body, time);

    /// <summary>Gets the current time rather than the time of arrival: a delayed request must not change a past state that clients have already seen.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Gets the body.</summary>
    public ReadOnlyMemory<byte> Body => _body;

    /// <summary>Gets the address by which the client reached the simulator.</summary>
    public Uri Host => new($"{_context.Request.Scheme}://{_context.Request.Host}");

    /// <summary>Returns a value of the route; empty without one.</summary>
    // The server leaves escaped slashes in the path as they are.
    public string Route(string name) => ((string?)_context.Request.RouteValues[name] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns a value of the query; null without one.</summary>
    public string? Query(string name) => _context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>Returns a header; null without one.</summary>
    public string? Header(string name) => _context.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>Returns the secret of <c>Authorization: Bearer</c>; null without one.</summary>
    public string? Bearer() =>
        Header("Authorization") is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header.Length > 7 ? header[7..].Trim() : null;

    /// <summary>Returns the body as a JSON object; null if it is not one. An empty body is read as an empty object.</summary>
    public JsonElement? Json()
    {
        try
        {
            var json = _body.Length == 0 ? WireValues.EmptyObject : JsonElement.Parse(_body, new JsonDocumentOptions { MaxDepth = 128 });
            return json.ValueKind == JsonValueKind.Object ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
