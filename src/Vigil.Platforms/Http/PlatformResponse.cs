using System.Net;

namespace Vigil.Platforms;

/// <summary>A successful response whose body is in memory. Views of its JSON are valid until it is disposed.</summary>
internal sealed class PlatformResponse(
    string operation, HttpStatusCode status, PooledBytes body, TimeSpan clockAhead, DateTimeOffset receivedAt, StartTrace trace) : IDisposable
{
    private JsonDocument? _document;
    private JsonOrigin? _origin;

    /// <summary>Returns the exception for a response that lacks required content, with the reason that the part which should contain it states, if any.</summary>
    public PlatformException Unusable(string why, JsonView part = default)
    {
        var words = PlatformErrors.WordsIn(part) is { } said ? $", and says: {trace.Redact(said)}" : "";
        return new(PlatformErrors.Unreadable(operation, $"{why}{words}{trace.Of(body.Span)}", status));
    }

    /// <summary>Gets a value indicating whether a part of the body was too long to be kept.</summary>
    public bool IsShortened => body.Mended?.IsShortened == true;

    /// <summary>Returns the body as a JSON object.</summary>
    /// <exception cref="PlatformException">It is not a JSON object.</exception>
    public JsonView Json()
    {
        _document ??= body.TryParse() ?? throw Unusable(body.Length == 0 ? "it is empty" : "it is not JSON");
        var view = new JsonView(_document.RootElement, _origin ??= new(clockAhead, receivedAt, body.Mended));
        return view.IsObject ? view : throw Unusable("it is not a JSON object");
    }

    /// <summary>Returns the items of a list in the body; some platforms send null for an empty one.</summary>
    /// <exception cref="PlatformException">There is no such list, or its end was too long to be read: what is not in it might still be there.</exception>
    public IEnumerable<JsonView> List(string name)
    {
        var (body, list) = (Json(), Json()[name]);
        return list.IsCut ? throw Unusable($"its list '{name}' is too long")
            : list.IsArray || (!list.Exists && body.Has(name)) ? list.Items()
            : throw Unusable($"it has no list '{name}'", body);
    }

    public void Dispose()
    {
        _document?.Dispose();
        body.Dispose();
    }
}
