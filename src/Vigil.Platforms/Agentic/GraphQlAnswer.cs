namespace Vigil.Platforms.Agentic;

/// <summary>
/// A GraphQL answer: data, errors, or both. Without the key <c>data</c>, the operation was refused before it was executed; with it, an error
/// belongs to the field in its path, and the other fields are valid.
/// </summary>
internal sealed class GraphQlAnswer : IDisposable
{
    private readonly string _operation;
    private readonly JsonView _body;

    public GraphQlAnswer(string operation, PlatformAnswer answer)
    {
        _operation = operation;
        Response = answer;
        _body = answer.Json();
        Errors = GraphQlError.ReadAll(_body);
        if (!_body.Has("data") && Errors.Count == 0)
        {
            throw answer.Unusable("it has neither data nor errors");
        }
    }

    /// <summary>Gets the HTTP answer that contains it.</summary>
    public PlatformAnswer Response { get; }

    public JsonView Data => _body["data"];

    public IReadOnlyList<GraphQlError> Errors { get; }

    /// <summary>Gets a value indicating whether the whole operation was refused before it was executed.</summary>
    public bool IsRefused => !_body.Has("data");

    /// <summary>Returns a root field's value.</summary>
    /// <exception cref="PlatformException">It has an error instead, or it is missing.</exception>
    public JsonView Require(string field)
    {
        var value = Data[field];
        return value.Exists ? value
            : ErrorOf(field) is { } error ? throw new PlatformException(error.ToPlatformError(_operation, IsRefused))
            : throw Response.Unusable($"it has no {field}");
    }

    /// <summary>Returns the first error that concerns a root field.</summary>
    public GraphQlError? ErrorOf(string field) => Errors.FirstOrDefault(error => error.Concerns(field));

    public void Dispose() => Response.Dispose();
}
