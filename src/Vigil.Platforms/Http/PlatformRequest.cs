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

    /// <summary>Returns a factory of a JSON body.</summary>
    public static Func<HttpContent> Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            write(writer);
        }

        var bytes = stream.ToArray();
        return () => new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } };
    }
}
