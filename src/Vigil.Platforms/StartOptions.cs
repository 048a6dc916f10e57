namespace Vigil.Platforms;

/// <summary>One option of a start that only this platform has.</summary>
/// <param name="Name">Its name in the request's <c>options</c>, in snake_case.</param>
/// <param name="Allowed">What it must be, as in "must be …".</param>
/// <param name="IsValid">Whether a value, which is not null, is allowed.</param>
/// <param name="Meaning">What it does, in one line.</param>
public sealed record StartOption(string Name, string Allowed, Func<JsonElement, bool> IsValid, string Meaning)
{
    /// <summary>Gets the kinds of target that have it; empty for all.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Returns an option that is a text.</summary>
    public static StartOption Text(string name, int maxLength, string meaning) => new(
        name, $"text of 1 to {maxLength} characters", value => value.ValueKind == JsonValueKind.String && value.GetString()!.Length is var length && length > 0 && length <= maxLength, meaning);

    /// <summary>Returns an option that is a whole number from 1.</summary>
    public static StartOption Number(string name, int max, string meaning) => new(
        name, $"a whole number from 1 to {max}", value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1 && number <= max, meaning);

    /// <summary>Returns an option that is true or false.</summary>
    public static StartOption Flag(string name, string meaning) => new(name, "true or false", value => value.ValueKind is JsonValueKind.True or JsonValueKind.False, meaning);

    /// <summary>Returns an option that is a JSON object.</summary>
    public static StartOption JsonObject(string name, string meaning) => new(name, "an object", value => value.ValueKind == JsonValueKind.Object, meaning);

    /// <summary>Returns an option that is one of some words.</summary>
    public static StartOption Word(string name, string[] words, string meaning) => new(
        name, $"one of {string.Join(", ", words)}", value => value.ValueKind == JsonValueKind.String && words.Contains(value.GetString(), StringComparer.Ordinal), meaning);
}

/// <summary>All options of a platform's starts: the table that they are checked against. An option that is null counts as allowed.</summary>
/// <param name="all">The options.</param>
public sealed class StartOptions(params StartOption[] all)
{
    /// <summary>Gets the table without options.</summary>
    public static StartOptions None { get; } = new();

    internal IReadOnlyList<StartOption> All => all;

    /// <summary>Adds an error for each option that the kind of target does not have or whose value is not allowed.</summary>
    internal void Check(StartExecution request, ICollection<FieldError> errors)
    {
        if (request.Options is null)
        {
            return;
        }

        var known = all.Where(option => option.Kinds.Count == 0 || option.Kinds.Contains(request.Target.Kind)).ToDictionary(option => option.Name, StringComparer.Ordinal);
        foreach (var given in JsonElement.Parse(request.Options).EnumerateObject())
        {
            if (!known.TryGetValue(given.Name, out var option))
            {
                errors.Add(new($"options.{given.Name}", OtherKind(given.Name) ?? SettingNames.UnknownOption(given.Name, known.Keys)));
            }
            else
            {
                errors.AddIf(given.Value.ValueKind != JsonValueKind.Null && !option.IsValid(given.Value), $"options.{given.Name}", () => $"must be {option.Allowed}.");
            }
        }
    }

    private string? OtherKind(string name) => all.FirstOrDefault(option => option.Name == name) is { } other
        ? $"is an option only of targets of kind {string.Join(" or ", other.Kinds)}."
        : null;
}

/// <summary>The options of one start, which have been checked. An option that was not given, or is null, has no value.</summary>
/// <param name="text"><see cref="RunRequest.Options"/>.</param>
public readonly struct GivenOptions(string? text)
{
    private readonly JsonElement _options = text is null ? default : JsonElement.Parse(text);

    /// <summary>Gets an option's value; null if it was not given or is null.</summary>
    public JsonElement? this[string name] => Find(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    /// <summary>Returns an option that is a text.</summary>
    public string? Text(string name) => this[name] is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>Writes an option as it was given; nothing if it was not given.</summary>
    public void WriteTo(Utf8JsonWriter writer, string name, string? asName = null, bool keepsNull = false)
    {
        if ((keepsNull ? Find(name) : this[name]) is { } value)
        {
            writer.WritePropertyName(asName ?? name);
            value.WriteTo(writer);
        }
    }

    private JsonElement? Find(string name) => _options.ValueKind == JsonValueKind.Object && _options.TryGetProperty(name, out var value) ? value : null;
}
