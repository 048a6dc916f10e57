namespace Vigil.Gateway.Api;

/// <summary>Reads the parameters of a query string and collects an error for each invalid or unknown one.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private readonly ImmutableArray<FieldError>.Builder _errors = ImmutableArray.CreateBuilder<FieldError>();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public string? Text(string name)
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

    public long? Integer(string name, long min, long max)
    {
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

    public bool? Flag(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false"))
        {
            _errors.Add(new(name, "must be true or false."));
        }

        return text is "true" ? true : text is "false" ? false : null;
    }

    /// <summary>Reads a duration; a number without a unit is in seconds: <c>30</c>, <c>30s</c>, <c>500ms</c>, <c>1m</c>.</summary>
    public TimeSpan? Duration(string name, TimeSpan max)
    {
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

    /// <summary>Reads a repeatable parameter whose values are enum names in snake_case.</summary>
    public ImmutableArray<TEnum> Enums<TEnum>(string name)
        where TEnum : struct, Enum
    {
        var valuesByName = Enum.GetValues<TEnum>().ToDictionary(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), StringComparer.Ordinal);
        var values = ImmutableArray.CreateBuilder<TEnum>();
        foreach (var text in Values(name))
        {
            if (valuesByName.TryGetValue(text, out var value))
            {
                values.Add(value);
            }
            else
            {
                _errors.Add(new(name, $"'{text}' is not known; allowed: {string.Join(", ", valuesByName.Keys)}."));
            }
        }

        return values.ToImmutable();
    }

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

    private string[] Values(string name)
    {
        _known.Add(name);
        return [.. query[name].Select(value => value ?? "")];
    }
}
