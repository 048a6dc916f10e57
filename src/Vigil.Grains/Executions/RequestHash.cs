using System.Buffers;
using System.Security.Cryptography;

namespace Vigil.Grains.Executions;

/// <summary>
/// The SHA-256, in hexadecimal, of a request's canonical form: sorted members, no white space. Equivalent requests have the same hash however they were
/// written. It decides whether a repeated key belongs to the same request.
/// </summary>
internal static class RequestHash
{
    /// <exception cref="InvalidOperationException">A string in the input is not valid Unicode.</exception>
    public static string Of(StartExecution request, JsonElement? input) => Hash(writer =>
    {
        writer.WriteBoolean("cancel_on_abandon", request.CancelOnAbandon);
        writer.WriteString("connection", request.Connection);
        writer.WriteNumber("deadline_ms", (long)request.Deadline.TotalMilliseconds);
        if (input is { } element)
        {
            writer.WritePropertyName("input");
            WriteSorted(writer, element);
        }

        WriteMetadata(writer, request.Metadata);
        if (request.Options is { } options)
        {
            writer.WritePropertyName("options");
            WriteSorted(writer, JsonElement.Parse(options));
        }

        WriteSubscribers(writer, request.SubscriberIds);
        WriteTarget(writer, request.Target);
    });

    /// <summary>Hashes an adoption. Only the run counts: adopting it again with other metadata is the same request.</summary>
    public static string Of(AdoptExecution request) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"adopt\n{request.Connection}\n{request.RemoteId}")));

    private static string Hash(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        writer.WriteStartObject("metadata");
        foreach (var (name, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteSubscribers(Utf8JsonWriter writer, IEnumerable<string> subscribers)
    {
        writer.WriteStartArray("subscribers");
        foreach (var subscriber in subscribers.Order(StringComparer.Ordinal))
        {
            writer.WriteStringValue(subscriber);
        }

        writer.WriteEndArray();
    }

    private static void WriteTarget(Utf8JsonWriter writer, ExecutionTarget target)
    {
        writer.WriteStartObject("target");
        writer.WriteString("id", target.Id);
        writer.WriteString("kind", target.Kind);
        writer.WriteString("version", target.Version);
        writer.WriteEndObject();
    }

    private static void WriteSorted(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    WriteSorted(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    WriteSorted(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                // Numbers keep their digits: 1.0 and 1 may mean different things to a platform.
                element.WriteTo(writer);
                break;
        }
    }
}
