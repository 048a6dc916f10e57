namespace Vigil.Gateway.Api;

/// <summary>A request's query, read parameter by parameter; every invalid one is recorded with what is allowed.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private readonly ImmutableArray<FieldError>.Builder _errors = ImmutableArray.CreateBuilder<FieldError>();
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public string? Text(string name)
    {
        var values = Values(name);
        if (values.Length > 1)
        {
            _errors.Add(new(name, "is given more than once."));
        }

        return values is [var only] ? only : null;
    }

    public long? Whole(string name, long min, long max)
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

    /// <summary>Reads a number of seconds, with or without the unit: <c>30</c>, <c>30s</c>, <c>500ms</c>, <c>1m</c>.</summary>
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
        if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * unit <= max)
        {
            return number * unit;
        }

        _errors.Add(new(name, $"must be a time such as 30s, at most {max.TotalSeconds:0}s."));
        return null;
    }

    /// <summary>Reads the values of a repeatable parameter as names of an enum in snake_case.</summary>
    public ImmutableArray<TEnum> Words<TEnum>(string name)
        where TEnum : struct, Enum
    {
        var words = Enum.GetValues<TEnum>().ToDictionary(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), StringComparer.Ordinal);
        var found = ImmutableArray.CreateBuilder<TEnum>();
        foreach (var text in Values(name))
        {
            if (words.TryGetValue(text, out var value))
            {
                found.Add(value);
            }
            else
            {
                _errors.Add(new(name, $"'{text}' is not known; allowed: {string.Join(", ", words.Keys)}."));
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Throws if any parameter was invalid or is unknown.</summary>
    public void ThrowIfWrong()
    {
        foreach (var name in query.Keys.Where(name => !_asked.Contains(name)))
        {
            _errors.Add(new(name, $"is not known; allowed: {string.Join(", ", _asked)}."));
        }

        if (_errors.Count > 0)
        {
            throw new InvalidRequestException(_errors.ToImmutable());
        }
    }

    private string[] Values(string name)
    {
        _asked.Add(name);
        return [.. query[name].Select(value => value ?? "")];
    }
}
