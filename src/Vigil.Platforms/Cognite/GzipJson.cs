using System.IO.Compression;

namespace Vigil.Platforms.Cognite;

/// <summary>Creates compressed JSON bodies, as the platform's own clients send them.</summary>
internal static class GzipJson
{
    /// <summary>Returns a factory of a body with one object.</summary>
    public static Func<HttpContent> Object(Action<Utf8JsonWriter> writeMembers)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new Utf8JsonWriter(gzip))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        var bytes = stream.ToArray();
        return () => new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } };
    }
}
