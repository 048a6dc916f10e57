using System.Net;

namespace Vigil.Platforms;

/// <summary>A successful response whose body is in memory. Views of its JSON are valid until it is disposed.</summary>
public sealed class PlatformResponse : IDisposable
{
    private readonly string _operation;
    private readonly HttpStatusCode _status;
    private readonly PooledBytes _body;
    private readonly (TimeSpan ClockAhead, DateTimeOffset ReceivedAt) _times;
    private readonly StartTrace _trace;
    private JsonDocument? _document;
    private JsonOrigin? _origin;

    internal PlatformResponse(string operation, HttpStatusCode status, PooledBytes body, TimeSpan clockAhead, DateTimeOffset receivedAt, StartTrace trace) =>
        (_operation, _status, _body, _times, _trace) = (operation, status, body, (clockAhead, receivedAt), trace);

    /// <summary>Returns the exception for a response that lacks required content, with the reason that the part which should contain it states, if any.</summary>
    public PlatformException Unusable(string why, JsonView part = default)
    {
        var words = PlatformErrors.WordsIn(part) is { } said ? $", and says: {_trace.Redact(said)}" : "";
        return new(PlatformErrors.Unreadable(_operation, $"{why}{words}{_trace.Of(_body.Span)}", _status));
    }

    /// <summary>Gets a value indicating whether a part of the body was too long to be kept.</summary>
    public bool IsShortened => _body.Mended?.IsShortened == true;

    /// <summary>Returns the body as a JSON object.</summary>
    /// <exception cref="PlatformException">It is not a JSON object.</exception>
    public JsonView Json()
    {
        _document ??= _body.TryParse() ?? throw Unusable(_body.Length == 0 ? "it is empty" : "it is not JSON");
        var view = new JsonView(_document.RootElement, _origin ??= new(_times.ClockAhead, _times.ReceivedAt, _body.Mended));
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

    /// <inheritdoc />
    public void Dispose()
    {
        _document?.Dispose();
        _body.Dispose();
    }
}
