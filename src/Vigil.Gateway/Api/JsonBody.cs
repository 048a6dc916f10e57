using System.Text.Unicode;

namespace Vigil.Gateway.Api;

/// <summary>
/// One object of a request's body, read field by field. Every invalid field is recorded with what is allowed, so that a caller learns of all of them
/// at once; an unknown field is an error too.
/// </summary>
internal sealed class JsonBody
{
    private readonly JsonElement _object;
    private readonly string _prefix;
    private readonly ImmutableArray<FieldError>.Builder _errors;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private JsonBody(JsonElement element, string prefix, ImmutableArray<FieldError>.Builder errors)
    {
        _object = element;
        _prefix = prefix;
        _errors = errors;
    }

    /// <summary>Reads a request's body; an empty one is an object without fields.</summary>
    /// <exception cref="InvalidRequestException">It is not a JSON object.</exception>
    /// <exception cref="BodyTooLargeException">It is longer than 1 MiB.</exception>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var bytes = await ReadBytesAsync(request, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(bytes.Length == 0 ? "{}"u8.ToArray() : bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                CheckUnicode(document.RootElement, bytes);
                return new(document.RootElement.Clone(), "", ImmutableArray.CreateBuilder<FieldError>());
            }

            throw new InvalidRequestException([new("body", $"must be a JSON object, not {Describe(document.RootElement)}.")]);
        }
        catch (JsonException e)
        {
            throw new InvalidRequestException([new("body", $"is not valid JSON: {e.Message}")]);
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException([new("body", "has a name that is not valid Unicode: half of a surrogate pair.")]);
        }
    }

    public string RequiredText(string name)
    {
        var text = Text(name);
        if (text is null && !_errors.Any(error => error.Field == _prefix + name))
        {
            Wrong(name, "is required.");
        }

        return text ?? "";
    }

    public string? Text(string name) => Field(name, JsonValueKind.String, "a string")?.GetString();

    public bool? Flag(string name)
    {
        var element = Field(name);
        return element?.ValueKind switch
        {
            null or JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => WrongKind<bool>(name, "true or false", element.Value),
        };
    }

    public TimeSpan? Seconds(string name)
    {
        if (Field(name, JsonValueKind.Number, "a number of seconds") is not { } element)
        {
            return null;
        }

        if (element.TryGetDouble(out var seconds) && seconds >= 0 && seconds <= int.MaxValue)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        Wrong(name, $"must be from {RequestLimits.MinDeadline.TotalSeconds:0} to {RequestLimits.MaxDeadline.TotalSeconds:0}.");
        return null;
    }

    public string? ObjectText(string name) => Field(name, JsonValueKind.Object, "an object")?.GetRawText();

    public JsonBody? Object(string name) =>
        Field(name, JsonValueKind.Object, "an object") is { } element ? new(element, $"{_prefix}{name}.", _errors) : null;

    public JsonBody? RequiredObject(string name)
    {
        var inner = Object(name);
        if (inner is null && !_errors.Any(error => error.Field == _prefix + name))
        {
            Wrong(name, "is required.");
        }

        return inner;
    }

    public ImmutableDictionary<string, string> TextMap(string name)
    {
        var map = ImmutableDictionary.CreateBuilder<string, string>();
        if (Field(name, JsonValueKind.Object, "an object of strings") is { } element)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.String)
                {
                    map[property.Name] = property.Value.GetString()!;
                }
                else
                {
                    Wrong($"{name}.{property.Name}", $"must be a string, not {Describe(property.Value)}.");
                }
            }
        }

        return map.ToImmutable();
    }

    /// <summary>Records an error for each field that was not read, with the names that are allowed.</summary>
    public void RefuseOthers()
    {
        foreach (var property in _object.EnumerateObject().Where(property => !_asked.Contains(property.Name)))
        {
            Wrong(property.Name, $"is not known; allowed: {string.Join(", ", _asked)}.");
        }
    }

    /// <summary>Gets a value indicating whether any error was recorded so far.</summary>
    public bool HasErrors => _errors.Count > 0;

    public void Wrong(string name, string message) => _errors.Add(new(_prefix + name, message));

    /// <summary>Throws if any error was recorded so far.</summary>
    /// <exception cref="InvalidRequestException">There are errors; all of them are named.</exception>
    public void ThrowIfWrong(ImmutableArray<FieldError> others = default)
    {
        // A field that could not be read looks missing to the later rules, so only its first error is kept.
        var all = others.IsDefault
            ? _errors.ToImmutable()
            : _errors.ToImmutable().AddRange(others.Where(other => !_errors.Any(error => Covers(error.Field, other.Field))));
        if (!all.IsEmpty)
        {
            throw new InvalidRequestException(all);
        }
    }

    private static bool Covers(string field, string other) => other == field || other.StartsWith(field + ".", StringComparison.Ordinal);

    private JsonElement? Field(string name)
    {
        _asked.Add(name);
        return _object.TryGetProperty(name, out var element) ? element : null;
    }

    private JsonElement? Field(string name, JsonValueKind kind, string description)
    {
        var element = Field(name);
        if (element is null || element.Value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (element.Value.ValueKind == kind)
        {
            return element;
        }

        WrongKind<bool>(name, description, element.Value);
        return null;
    }

    private T? WrongKind<T>(string name, string description, JsonElement element)
        where T : struct
    {
        Wrong(name, $"must be {description}, not {Describe(element)}.");
        return null;
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    // An escape sequence can be half of a surrogate pair, which is not a valid character. It is refused before anything reads it; in a name, the parser refuses it.
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
            throw new InvalidRequestException([new(field, "must be valid Unicode; it has half of a surrogate pair.")]);
        }
    }

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > RequestLimits.MaxInputBytes)
            {
                throw new BodyTooLargeException();
            }

            buffer.Write(chunk, 0, read);
        }

        var bytes = buffer.ToArray();
        return Utf8.IsValid(bytes) ? bytes : throw new InvalidRequestException([new("body", "is not valid UTF-8.")]);
    }
}

/// <summary>A request's body is longer than the limit.</summary>
internal sealed class BodyTooLargeException()
    : VigilException("body_too_large", $"The body is longer than {RequestLimits.MaxInputBytes} bytes.");
