using System.Runtime.InteropServices;

namespace Vigil.Simulator;

/// <summary>Reads a body of the admin endpoints or a script file. An error says where it is and what is allowed there.</summary>
internal static class AdminBody
{
    /// <summary>Reads and validates JSON.</summary>
    /// <exception cref="JsonException">The JSON is invalid; the message begins with the path.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, IReadOnlyCollection<string> platforms)
    {
        json = json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json;
        if (Encoding.UTF8.GetString(json.Span).AsSpan().IsWhiteSpace())
        {
            throw new JsonException($"$: is missing; {AdminSchema.Describe(typeof(T))}", "$", 0, 0);
        }

        using var document = Parse(json);
        if (new AdminSchema(platforms).WrongIn(document.RootElement, typeof(T)) is { } wrong)
        {
            var place = PlaceOf(wrong.Value, json.Span);
            throw new JsonException($"{wrong.Path}: {wrong.Message}", wrong.Path, json.Span[..place].Count((byte)'\n'), null);
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
            // .NET's message repeats the position, counted from 0; keep only the position counted from 1.
            var reason = e.Message.Split(" LineNumber:")[0].Trim();
            throw new JsonException($"$: is not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {reason}", "$", e.LineNumber, e.BytePositionInLine);
        }
    }

    private static int PlaceOf(JsonElement value, ReadOnlySpan<byte> json) => json.Overlaps(JsonMarshal.GetRawUtf8Value(value), out var place) ? place : 0;
}

/// <summary>An error in a body.</summary>
/// <param name="Value">The invalid value, or the object in which a member is missing.</param>
/// <param name="Path">Its path.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
internal sealed record AdminFault(JsonElement Value, string Path, string Message);
