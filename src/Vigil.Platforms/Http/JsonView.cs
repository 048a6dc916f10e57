using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <summary>
/// A place in somebody else's JSON. What is missing, null or of another type reads as nothing and never throws, so that an adapter says
/// what it needs and decides itself what it cannot do without.
/// </summary>
internal readonly partial struct JsonView(JsonElement element, TimeSpan clockAhead = default)
{
    /// <summary>How deep an answer may be nested before it is unreadable.</summary>
    public const int DeepestAnswer = 256;

    /// <summary>How deep a value may be nested that is handed on as JSON text: our own readers stop at 64, and wrap it.</summary>
    private const int DeepestValue = 48;

    private const int MaxText = 1_000;

    /// <summary>Gets how far ahead of ours the clock is that the value's times are told by; they are returned by ours.</summary>
    public TimeSpan ClockAhead => clockAhead;

    public bool Exists => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public bool IsText => element.ValueKind == JsonValueKind.String;

    public bool IsArray => element.ValueKind == JsonValueKind.Array;

    public JsonView this[string name] => TryGet(name, out var value) ? new(value, clockAhead) : default;

    /// <summary>Tells whether the object has the key at all, be it null.</summary>
    public bool Has(string name) => TryGet(name, out _);

    /// <summary>Returns an array's items; nothing for what is no array.</summary>
    public IEnumerable<JsonView> Items()
    {
        var ahead = clockAhead;
        return IsArray ? element.EnumerateArray().Select(item => new JsonView(item, ahead)) : [];
    }

    /// <summary>Returns a string that is not empty, cut to a length.</summary>
    public string? Text(int longest = MaxText)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = Unescape(element);
        return text.Length == 0 ? null : Cut(text, longest);
    }

    /// <summary>Returns a finite number.</summary>
    public double? Number() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;

    /// <summary>Returns a whole number, written with or without a fraction of zero.</summary>
    public int? Int32() => Number() is { } value && Math.Floor(value) == value && value is >= int.MinValue and <= int.MaxValue ? (int)value : null;

    /// <summary>Returns a whole number.</summary>
    public long? Int64() => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) ? value : null;

    /// <summary>Tells whether the value counts as true where the platform's own clients ask only for that.</summary>
    public bool IsTruthy() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.Number => Number() is not 0,
        JsonValueKind.String => Text() is not null,
        JsonValueKind.Array => element.GetArrayLength() > 0,
        JsonValueKind.Object => element.EnumerateObject().Any(),
        _ => false,
    };

    /// <summary>Returns a time written as text, by our clock.</summary>
    public DateTimeOffset? Time() => PlatformTime.ByOurClock(PlatformTime.FromText(Text()), clockAhead);

    /// <summary>Returns a time written as milliseconds since 1970, by our clock.</summary>
    public DateTimeOffset? EpochTime() => PlatformTime.ByOurClock(PlatformTime.FromEpochMilliseconds(Int64()), clockAhead);

    /// <summary>Returns the value as JSON text, to be handed on; null for null and for nothing. What is nested too deeply becomes a JSON string of itself.</summary>
    public string? Raw()
    {
        if (!Exists)
        {
            return null;
        }

        var text = element.GetRawText();
        return IsDeep(text) ? JsonSerializer.Serialize(text) : text;
    }

    /// <summary>Returns a text as it is and anything else as its JSON text: for reasons, which platforms write as either.</summary>
    public string? TextOrRaw(int longest) => element.ValueKind == JsonValueKind.String ? Text(longest) : Raw() is { } raw ? Cut(raw, longest) : null;

    private bool TryGet(string name, out JsonElement value)
    {
        value = default;
        try
        {
            return IsObject && element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            // A neighbour's name spells half a character, which .NET refuses to compare.
            return false;
        }
    }

    // Half a pair at the end would not survive being stored.
    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    private static bool IsDeep(string json)
    {
        if (json.Length <= 2 * DeepestValue)
        {
            return false;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = DeepestAnswer });
        while (reader.Read())
        {
            if (reader.CurrentDepth > DeepestValue)
            {
                return true;
            }
        }

        return false;
    }

    private static string Unescape(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // JSON can spell half a character, and .NET refuses it; the rest of the text is worth having.
            var mended = HalfCharacter().Replace(text.GetRawText(), match => match.Groups["keep"].Success ? match.Value : @"\uFFFD");
            return JsonSerializer.Deserialize<string>(mended)!;
        }
    }

    // An escaped surrogate that is no half of a pair. Escaped backslashes are matched first, so that "\\ud800" stays what it is.
    [GeneratedRegex(@"(?<keep>\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")]
    private static partial Regex HalfCharacter();
}
