using System.Runtime.InteropServices;

namespace Vigil.Simulator;

/// <summary>Reads a body of the admin endpoints or a script file. Errors state the path and what is allowed there.</summary>
internal static class AdminBody
{
    /// <exception cref="JsonException">The JSON is invalid; the message begins with the path.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, IReadOnlyCollection<string> platforms)
    {
        json = json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json;
        if (Encoding.UTF8.GetString(json.Span).AsSpan().IsWhiteSpace())
        {
            throw new JsonException($"$: is missing; {AdminSchema.Describe(typeof(T))}", "$", 0, 0);
        }

        using var document = Parse(json);
        if (new AdminSchema(platforms).FindError(document.RootElement, typeof(T)) is { } error)
        {
            var offset = OffsetOf(error.Value, json.Span);
            throw new JsonException($"{error.Path}: {error.Message}", error.Path, json.Span[..offset].Count((byte)'\n'), null);
        }

        return document.RootElement.Deserialize<T>(SimulatorJson.Admin)!;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            // Removes the position from .NET's message, which counts from 0.
            var reason = e.Message.Split(" LineNumber:")[0].Trim();
            throw new JsonException($"$: is not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {reason}", "$", e.LineNumber, e.BytePositionInLine);
        }
    }

    private static int OffsetOf(JsonElement value, ReadOnlySpan<byte> json) => json.Overlaps(JsonMarshal.GetRawUtf8Value(value), out var offset) ? offset : 0;
}

/// <summary>An error in a body, at the invalid value or at the object that lacks a member.</summary>
internal sealed record AdminError(JsonElement Value, string Path, string Message);
