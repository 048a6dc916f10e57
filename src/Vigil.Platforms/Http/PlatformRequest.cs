using System.Net.Http.Headers;
using System.Text.Json;

namespace Vigil.Platforms;

/// <summary>One request to a platform, from which a message can be made again.</summary>
/// <param name="Operation">What it asks, for people: never an address, whose query may carry secrets.</param>
/// <param name="Method">Its method.</param>
/// <param name="Address">Where it goes.</param>
internal sealed record PlatformRequest(string Operation, HttpMethod Method, Uri Address)
{
    /// <summary>Gets a value indicating whether it makes the platform do something.</summary>
    public bool Acts { get; init; }

    /// <summary>Gets a value indicating whether its answer is a file, whose bytes are wanted as they are.</summary>
    public bool IsDownload { get; init; }

    /// <summary>Gets the part of the answer that is wanted.</summary>
    public RangeHeaderValue? Range { get; init; }

    /// <summary>Gets what makes its body.</summary>
    public Func<HttpContent>? Content { get; init; }

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, Address) { Content = Content?.Invoke() };
        message.Headers.Range = Range;
        return message;
    }

    /// <summary>Returns what makes a JSON body.</summary>
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
