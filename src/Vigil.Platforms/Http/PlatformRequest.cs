using System.IO.Compression;

namespace Vigil.Platforms;

/// <summary>One request to a platform; it can be sent more than once, each time as a new message.</summary>
/// <param name="Operation">What is requested, for people to read: never the address, whose query may contain secrets.</param>
/// <param name="Method">Its method.</param>
/// <param name="Address">Its address.</param>
internal sealed record PlatformRequest(string Operation, HttpMethod Method, Uri Address)
{
    /// <summary>Gets a value indicating whether it changes something on the platform.</summary>
    public bool Acts { get; init; }

    /// <summary>Gets a value indicating whether its answer is a file, whose bytes must not be compressed on the way.</summary>
    public bool IsDownload { get; init; }

    /// <summary>Gets the range of the answer to request.</summary>
    public RangeHeaderValue? Range { get; init; }

    /// <summary>Gets the factory of its body.</summary>
    public Func<HttpContent>? Content { get; init; }

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, Address) { Content = Content?.Invoke() };
        message.Headers.Range = Range;
        return message;
    }

    /// <summary>Returns a factory of a JSON body with one object.</summary>
    public static Func<HttpContent> JsonObject(Action<Utf8JsonWriter> writeMembers, bool isCompressed = false) => Json(
        writer =>
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        },
        isCompressed);

    /// <summary>Returns a factory of a JSON body; some platforms' own clients send it compressed.</summary>
    public static Func<HttpContent> Json(Action<Utf8JsonWriter> write, bool isCompressed = false)
    {
        using var body = new MemoryStream();
        using (Stream stream = isCompressed ? new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true) : body)
        using (var writer = new Utf8JsonWriter(stream))
        {
            write(writer);
        }

        var bytes = body.ToArray();
        return () =>
        {
            var content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } };
            if (isCompressed)
            {
                content.Headers.ContentEncoding.Add("gzip");
            }

            return content;
        };
    }
}
