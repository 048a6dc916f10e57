using System.IO.Compression;

namespace Vigil.Platforms;

/// <summary>A request to a platform, which can be sent more than once.</summary>
/// <param name="Operation">Names the request in error messages. The address is not used there, because its query may contain secrets.</param>
/// <param name="Method">The method.</param>
/// <param name="Address">The address.</param>
public sealed record PlatformRequest(string Operation, HttpMethod Method, Uri Address)
{
    /// <summary>The <see cref="Operation"/> of the requests that start a run.</summary>
    public const string Start = "The start";

    /// <summary>Gets a value indicating whether it changes something on the platform.</summary>
    public bool Acts { get; init; }

    /// <summary>Gets a value indicating whether the response is a file, for which no compression is requested.</summary>
    public bool IsDownload { get; init; }

    /// <summary>Gets the part of a file that is requested; null for all of it.</summary>
    public RangeHeaderValue? Range { get; init; }

    /// <summary>Gets what makes the body each time it is sent; null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Returns the absolute address in a response's Location header; null if it is missing or not valid.</summary>
    internal Uri? LocationIn(HttpResponseMessage response) =>
        response.Headers.Location is { } location && Uri.TryCreate(Address, location, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? address : null;

    internal HttpRequestMessage ToMessage()
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
