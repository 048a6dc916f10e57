using System.Net;

namespace Vigil.Platforms;

/// <summary>A successful response whose body is in memory. Views of its JSON are valid until it is disposed.</summary>
internal sealed class PlatformResponse(string operation, HttpStatusCode status, PooledBytes body, TimeSpan clockAhead) : IDisposable
{
    private JsonDocument? _document;

    /// <summary>Returns the exception for a response that lacks required content.</summary>
    public PlatformException Unusable(string why) => new(PlatformErrors.Unreadable(operation, why, status));

    /// <summary>Returns the body as a JSON object.</summary>
    /// <exception cref="PlatformException">It is not a JSON object.</exception>
    public JsonView Json()
    {
        try
        {
            _document ??= JsonDocument.Parse(body.Memory, new JsonDocumentOptions { MaxDepth = JsonView.MaxDepth });
        }
        catch (JsonException e)
        {
            throw new PlatformException(PlatformErrors.Unreadable(operation, body.Length == 0 ? "it is empty" : "it is not JSON", status), e);
        }

        var view = new JsonView(_document.RootElement, clockAhead);
        return view.IsObject ? view : throw Unusable("it is not a JSON object");
    }

    /// <summary>Returns the items of a list in the body.</summary>
    /// <exception cref="PlatformException">There is no such list.</exception>
    public IEnumerable<JsonView> List(string name) => Json()[name] is { IsArray: true } list ? list.Items() : throw Unusable($"it has no list '{name}'");

    public void Dispose()
    {
        _document?.Dispose();
        body.Dispose();
    }
}
