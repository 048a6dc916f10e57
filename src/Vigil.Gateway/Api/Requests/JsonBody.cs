using System.Text.Unicode;
using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

/// <summary>
/// Reads the fields of a JSON object in a request's body and collects an error for each invalid or unknown one, so that a caller gets all errors at
/// once.
/// </summary>
internal sealed partial class JsonBody
{
    private const int MaxErrors = 100;

    private readonly JsonElement _object;
    private readonly string _prefix;
    private readonly ImmutableArray<FieldError>.Builder _errors;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly IHeaderDictionary _headers;
    private readonly RequestShape? _shape;
    private readonly OpenApiSchema? _schema;

    private JsonBody(JsonElement element, string prefix, ImmutableArray<FieldError>.Builder errors, IHeaderDictionary headers, RequestShape? shape, OpenApiSchema? schema)
    {
        _object = element;
        _prefix = prefix;
        _errors = errors;
        _headers = headers;
        _shape = shape;
        _schema = schema;
    }

    /// <summary>Creates a reader of an empty body, which records in the shape what is read from it.</summary>
    public static JsonBody Recording(RequestShape shape) =>
        new(JsonElement.Parse("{}"), "", ImmutableArray.CreateBuilder<FieldError>(), new HeaderDictionary(), shape, shape.Body);

    /// <summary>Reads a request's body. An empty body and null, which clients send for none, count as an object without fields.</summary>
    /// <exception cref="InvalidRequestException">It is not a JSON object.</exception>
    /// <exception cref="RefusedRequestException">It is longer than 1 MiB.</exception>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var bytes = await ReadBytesAsync(request, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(bytes.Length == 0 ? "null"u8.ToArray() : bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement.ValueKind == JsonValueKind.Null ? JsonElement.Parse("{}") : document.RootElement.Clone();
            if (root.ValueKind == JsonValueKind.Object)
            {
                CheckUnicode(root, bytes);
                return new(root, "", ImmutableArray.CreateBuilder<FieldError>(), request.Headers, shape: null, schema: null);
            }

            throw new InvalidRequestException([new("body", $"must be a JSON object, not {Describe(root)}.")]);
        }
        catch (JsonException e)
        {
            throw new InvalidRequestException([new("body", WhyNotJson(e))]);
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException([new("body", "has a name that is not valid Unicode: it contains a lone surrogate.")]);
        }
    }

    public string RequiredText(string name, string description, int? maxLength = null) => Require(name, Text(name, description, maxLength)) ?? "";

    public string? Text(string name, string description, int? maxLength = null)
    {
        _schema?.AddField(name, RequestShape.Text(description, maxLength));
        return Text(name);
    }

    public bool? Flag(string name, string description)
    {
        _schema?.AddField(name, RequestShape.Flag(description));
        return Field(name, "true or false", JsonValueKind.True, JsonValueKind.False)?.GetBoolean();
    }

    /// <summary>Reads a text that is sent as a header.</summary>
    public string? Header(string name, string description, int maxLength)
    {
        _shape?.AddParameter(name, ParameterLocation.Header, RequestShape.Text(description, maxLength));
        return _headers[name];
    }

    /// <summary>Reads an object as its JSON text.</summary>
    public string? ObjectText(string name, string description)
    {
        _schema?.AddField(name, new() { Type = JsonSchemaType.Object, Description = description, AdditionalProperties = new OpenApiSchema() });
        return Field(name, "an object", JsonValueKind.Object)?.GetRawText();
    }

    /// <summary>Reads an object in the body. The schema is the name of its schema in the document.</summary>
    public JsonBody? Object(string name, string schema, string description)
    {
        _schema?.AddField(name, description, schema);
        var element = _shape is null ? Field(name, "an object", JsonValueKind.Object) : _object;
        return element is { } value ? new(value, $"{_prefix}{name}.", _errors, _headers, _shape, _shape?.Objects[schema] = RequestShape.NewObject()) : null;
    }

    public JsonBody? RequiredObject(string name, string schema, string description) => Require(name, Object(name, schema, description));

    /// <summary>Adds an error for each field that has not been read; call it after all known fields have been read.</summary>
    public void RejectUnknownFields()
    {
        foreach (var property in _object.EnumerateObject().Where(property => !_known.Contains(property.Name)))
        {
            AddError(property.Name, $"is not known; allowed: {string.Join(", ", _known)}.");
        }
    }

    public bool HasErrors => _errors.Count > 0;

    public void AddError(string name, string message)
    {
        // A small field gets a long message, so a body of many would get a response many times its size.
        if (_errors.Count < MaxErrors)
        {
            _errors.Add(new(_prefix + name, message));
        }
    }

    /// <summary>Throws if there are errors in the body or among the others.</summary>
    /// <exception cref="InvalidRequestException">There are errors; it contains all of them.</exception>
    public void ThrowIfInvalid(ImmutableArray<FieldError> others = default)
    {
        // A malformed field looks missing to the later checks, so only its first error is kept.
        var all = others.IsDefault
            ? _errors.ToImmutable()
            : _errors.ToImmutable().AddRange(others.Where(other => !_errors.Any(error => Covers(error.Field, other.Field))));
        if (!all.IsEmpty)
        {
            throw new InvalidRequestException(all);
        }
    }

    private static bool Covers(string field, string other) => other == field || other.StartsWith(field + ".", StringComparison.Ordinal);

    private string? Text(string name) => Field(name, "a string", JsonValueKind.String)?.GetString();

    private T? Require<T>(string name, T? value)
        where T : class
    {
        _schema?.RequireField(name);
        if (value is null && !_errors.Any(error => error.Field == _prefix + name))
        {
            AddError(name, "is required.");
        }

        return value;
    }

    private JsonElement? Field(string name, string description, params ReadOnlySpan<JsonValueKind> kinds)
    {
        _known.Add(name);
        if (!_object.TryGetProperty(name, out var element) || element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (kinds.Contains(element.ValueKind))
        {
            return element;
        }

        AddError(name, $"must be {description}, not {Describe(element)}.");
        return null;
    }

    // The parser's message is advice for .NET developers. It reports no line for a duplicate name.
    private static string WhyNotJson(JsonException error) => error.LineNumber is { } line
        ? $"is not valid JSON at line {line + 1}, byte {error.BytePositionInLine + 1}."
        : "has an object with the same name twice.";

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    // An escape sequence can be a lone surrogate, which throws when it is read as a string. In a property name, the parser itself throws.
    private static void CheckUnicode(JsonElement root, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("\\ud"u8) < 0 && bytes.IndexOf("\\uD"u8) < 0)
        {
            return;
        }

        var field = "body";
        try
        {
            using var writer = new Utf8JsonWriter(Stream.Null);
            writer.WriteStartObject();
            foreach (var property in root.EnumerateObject())
            {
                field = property.Name;
                property.WriteTo(writer);
            }
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException([new(field, "must be valid Unicode; it contains a lone surrogate.")]);
        }
    }

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > RequestLimits.MaxInputBytes)
        {
            throw TooLarge();
        }

        var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > RequestLimits.MaxInputBytes)
            {
                throw TooLarge();
            }

            buffer.Write(chunk, 0, read);
        }

        var bytes = buffer.ToArray();
        return Utf8.IsValid(bytes) ? bytes : throw new InvalidRequestException([new("body", "is not valid UTF-8.")]);
    }

    private static RefusedRequestException TooLarge() => new(413, "body_too_large", $"The body is longer than {RequestLimits.MaxInputBytes} bytes.");
}
