using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

/// <summary>Reads the parameters of a query string, and headers, and collects an error for each invalid or unknown one.</summary>
/// <param name="query">The query string.</param>
/// <param name="headers">The headers.</param>
/// <param name="shape">Records what is read; null to record nothing.</param>
internal sealed class QueryReader(IQueryCollection query, IHeaderDictionary headers, RequestShape? shape = null) : IFieldReader
{
    private readonly ImmutableArray<FieldError>.Builder _errors = ImmutableArray.CreateBuilder<FieldError>();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public string? Text(string name, string description, int? maxLength = null)
    {
        shape?.AddParameter(name, ParameterLocation.Query, RequestShape.Text(description, maxLength));
        return Text(name);
    }

    public long? Integer(string name, string description, long min, long max, long? defaultValue = null)
    {
        shape?.AddParameter(name, ParameterLocation.Query, RequestShape.Number(JsonSchemaType.Integer, description, min, max, defaultValue));
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        _errors.Add(new(name, max == long.MaxValue ? $"must be a whole number from {min}." : $"must be a whole number from {min} to {max}."));
        return null;
    }

    /// <summary>Reads a header whose value is a whole number from 0; an empty one counts as missing.</summary>
    public long? Header(string name, string description)
    {
        shape?.AddParameter(name, ParameterLocation.Header, RequestShape.Number(JsonSchemaType.Integer, description, 0, long.MaxValue));
        if (headers[name] is not [{ Length: > 0 } text, ..])
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        _errors.Add(new(name, "must be a whole number from 0."));
        return null;
    }

    public bool? Flag(string name, string description)
    {
        shape?.AddParameter(name, ParameterLocation.Query, RequestShape.Flag(description));
        var text = Text(name);
        if (text is not (null or "true" or "false"))
        {
            _errors.Add(new(name, "must be true or false."));
        }

        return text is "true" ? true : text is "false" ? false : null;
    }

    /// <summary>Reads a duration; a number without a unit is in seconds: <c>30</c>, <c>30s</c>, <c>500ms</c>, <c>1m</c>.</summary>
    public TimeSpan? Duration(string name, string description, TimeSpan max)
    {
        shape?.AddParameter(name, ParameterLocation.Query, RequestShape.Duration(description, max));
        if (Text(name) is not { } text)
        {
            return null;
        }

        var (digits, unit) = text switch
        {
            [.. var head, 'm', 's'] => (head, TimeSpan.FromMilliseconds(1)),
            [.. var head, 's'] => (head, TimeSpan.FromSeconds(1)),
            [.. var head, 'm'] => (head, TimeSpan.FromMinutes(1)),
            _ => (text, TimeSpan.FromSeconds(1)),
        };
        if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= max / unit)
        {
            return number * unit;
        }

        _errors.Add(new(name, $"must be a duration such as 30s, at most {max.TotalSeconds:0}s."));
        return null;
    }

    /// <summary>Reads a parameter whose value is one of these words; the first is the default.</summary>
    public T Word<T>(string name, string description, params (string Word, T Value)[] words)
    {
        shape?.AddParameter(name, ParameterLocation.Query, RequestShape.Word(description, words.Select(pair => pair.Word)));
        if (Text(name) is not { } text)
        {
            return words[0].Value;
        }

        var index = Array.FindIndex(words, pair => pair.Word == text);
        if (index < 0)
        {
            _errors.Add(new(name, $"'{text}' is not known; allowed: {string.Join(", ", words.Select(pair => pair.Word))}."));
        }

        return words[Math.Max(0, index)].Value;
    }

    /// <summary>Reads a parameter that has two names.</summary>
    public string? Either(string name, string other, string description, int? maxLength = null)
    {
        var (first, second) = (Text(name, description, maxLength), Text(other, $"Another name of {name}.", maxLength));
        if (first is not null && second is not null && first != second)
        {
            _errors.Add(new(other, $"differs from {name}; send only one of them."));
        }

        return first ?? second;
    }

    /// <summary>Reads a time in ISO 8601; without an offset, it is in UTC.</summary>
    public DateTimeOffset? Time(string name, string description)
    {
        shape?.AddParameter(name, ParameterLocation.Query, RequestShape.Time(description));
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Iso8601.Read(text) is { } time)
        {
            return time;
        }

        _errors.Add(new(name, Iso8601.Allowed));
        return null;
    }

    /// <summary>Reads a repeatable parameter.</summary>
    public ImmutableArray<string> Texts(string name, string description, int max)
    {
        shape?.AddParameter(name, ParameterLocation.Query, RequestShape.Texts(description, max));
        return Texts(name, max);
    }

    /// <summary>Reads a repeatable parameter whose values are statuses, in Vigil's words or in a platform's.</summary>
    public ImmutableArray<ExecutionStatus> Statuses(string name, string description)
    {
        shape?.AddParameter(name, ParameterLocation.Query, RequestShape.Statuses(description));
        return StatusWord.ReadAll(Texts(name, StatusWord.MaxWords), message => _errors.Add(new(name, message)));
    }

    /// <summary>Adds errors that were found elsewhere.</summary>
    public void Add(params IEnumerable<FieldError> errors) => _errors.AddRange(errors);

    /// <exception cref="InvalidRequestException">A parameter is invalid or unknown.</exception>
    public void ThrowIfInvalid()
    {
        foreach (var name in query.Keys.Where(name => !_known.Contains(name)))
        {
            _errors.Add(new(name, $"is not known; allowed: {string.Join(", ", _known)}."));
        }

        if (_errors.Count > 0)
        {
            throw new InvalidRequestException(_errors.ToImmutable());
        }
    }

    private ImmutableArray<string> Texts(string name, int max)
    {
        var values = Values(name);
        if (values.Any(text => text.Any(char.IsControl)))
        {
            _errors.Add(new(name, "must not have control characters."));
            return [];
        }

        if (values.Length > max)
        {
            _errors.Add(new(name, $"must be given at most {max} times."));
            return [];
        }

        return [.. values];
    }

    private string? Text(string name)
    {
        var values = Values(name);
        if (values.Length > 1)
        {
            _errors.Add(new(name, "must be given only once."));
        }
        else if (values is [var only] && only.Any(char.IsControl))
        {
            _errors.Add(new(name, "must not have control characters."));
        }

        return values is [var text] && !text.Any(char.IsControl) ? text : null;
    }

    private string[] Values(string name)
    {
        _known.Add(name);
        return [.. query[name].Select(value => value ?? "")];
    }
}
