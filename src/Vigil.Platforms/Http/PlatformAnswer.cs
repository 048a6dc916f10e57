using System.Net;
using System.Text.Json;

namespace Vigil.Platforms;

/// <summary>A successful answer whose body is in memory. Views of its JSON live as long as it does.</summary>
internal sealed class PlatformAnswer(string operation, HttpStatusCode status, PooledBytes body, TimeSpan clockAhead) : IDisposable
{
    private JsonDocument? _document;

    public HttpStatusCode Status => status;

    /// <summary>Returns the failure that the answer, read as JSON, lacks what it must say.</summary>
    public PlatformException Unusable(string why) => new(PlatformErrors.Unreadable(operation, why, status));

    /// <summary>Returns the body as a JSON object.</summary>
    /// <exception cref="PlatformException">It is none.</exception>
    public JsonView Json()
    {
        try
        {
            _document ??= JsonDocument.Parse(body.Memory, new JsonDocumentOptions { MaxDepth = JsonView.DeepestAnswer });
        }
        catch (JsonException e)
        {
            throw new PlatformException(PlatformErrors.Unreadable(operation, body.Length == 0 ? "it is empty" : "it is no JSON", status), e);
        }

        var view = new JsonView(_document.RootElement, clockAhead);
        return view.IsObject ? view : throw Unusable("it is no JSON object");
    }

    public void Dispose()
    {
        _document?.Dispose();
        body.Dispose();
    }
}
