namespace Vigil.Platforms.Agentic;

/// <summary>
/// A GraphQL response: data, errors, or both. Without the key <c>data</c>, the operation was rejected before it was executed; with it, an error
/// applies to the field in its path, and the other fields are valid.
/// </summary>
internal sealed class GraphQlResponse : IDisposable
{
    private readonly string _operation;
    private readonly JsonView _body;

    public GraphQlResponse(string operation, PlatformResponse response, Func<string, string> redact)
    {
        _operation = operation;
        Http = response;
        _body = response.Json();
        Errors = [.. GraphQlError.ReadAll(_body).Select(error => error with { Message = redact(error.Message) })];
        if (!_body.Has("data") && Errors.Count == 0)
        {
            throw response.Unusable("it has neither data nor errors", _body);
        }
    }

    public PlatformResponse Http { get; }

    public JsonView Data => _body["data"];

    public IReadOnlyList<GraphQlError> Errors { get; }

    public bool IsRefused => !_body.Has("data");

    /// <summary>Returns a root field's value.</summary>
    /// <exception cref="PlatformException">It has an error instead, or it is missing.</exception>
    public JsonView Require(string field)
    {
        var value = Data[field];
        return value.Exists ? value
            : ErrorOf(field) is { } error ? throw new PlatformException(error.ToPlatformError(_operation, IsRefused))
            : throw Http.Unusable($"it has no {field}", _body);
    }

    public GraphQlError? ErrorOf(string field) => Errors.FirstOrDefault(error => error.AppliesTo(field));

    public void Dispose() => Http.Dispose();
}
