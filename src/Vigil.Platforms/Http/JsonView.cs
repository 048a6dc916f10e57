using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <summary>
/// A tolerant view of a value in a platform's JSON. A value that is missing, null or of another type reads as null and never throws, so an
/// adapter can decide which values it requires.
/// </summary>
public readonly partial struct JsonView
{
    internal const int MaxDepth = 256;

    /// <summary>The maximum nesting depth of a value that is passed on as JSON text: it is embedded in Vigil's own JSON, whose readers stop at 64.</summary>
    private const int MaxValueDepth = 48;

    private const int MaxText = 1_000;

    private readonly JsonElement _element;
    private readonly JsonOrigin? _origin;

    /// <summary>Creates a view of a value that is not part of a response, such as one of the input.</summary>
    public JsonView(JsonElement element)
        : this(element, origin: null)
    {
    }

    internal JsonView(JsonElement element, JsonOrigin? origin) => (_element, _origin) = (element, origin);

    /// <summary>Gets how far the platform's clock is ahead of ours; times are converted to our clock.</summary>
    public TimeSpan ClockAhead => _origin?.ClockAhead ?? default;

    /// <summary>Gets when the value was received, by our clock; null if that is not known.</summary>
    public DateTimeOffset? ReceivedAt => _origin?.ReceivedAt;

    /// <summary>Gets a value indicating whether there is a value, and it is not null.</summary>
    public bool Exists => _element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>Gets a value indicating whether it is an object.</summary>
    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    /// <summary>Gets a value indicating whether it is a string.</summary>
    public bool IsText => _element.ValueKind == JsonValueKind.String;

    /// <summary>Gets a value indicating whether it is an array.</summary>
    public bool IsArray => _element.ValueKind == JsonValueKind.Array;

    /// <summary>Gets a value indicating whether something in the value was lost because it was no JSON, or too long.</summary>
    public bool HasLoss => Exists && _origin?.Mended?.HasLoss(_element) == true;

    /// <summary>Gets a value indicating whether the end of an array, object or string is missing because it was too long.</summary>
    public bool IsCut => Exists && _origin?.Mended?.IsCut(_element) == true;

    /// <summary>Gets the value of a key; a value that does not exist if there is no such key.</summary>
    public JsonView this[string name] => TryGet(name, out var value) ? new(value, _origin) : default;

    /// <summary>Returns the value of whichever key the object has, the first if both, even if the value is null.</summary>
    public JsonView Either(string name, string other) => TryGet(name, out var value) ? new(value, _origin) : this[other];

    /// <summary>Returns whether the value is this id, as text or as a whole number with these digits.</summary>
    public bool IsId(string id) => (_element.ValueKind == JsonValueKind.String && _element.ValueEquals(id)) || Id() == id.Trim();

    /// <summary>Returns a hash of the value as it was sent, white space included; never 0.</summary>
    public ulong Hash() => Math.Max(1, XxHash3.HashToUInt64(JsonMarshal.GetRawUtf8Value(_element)));

    /// <summary>Returns whether an object has a key, whatever its value.</summary>
    public bool Has(string name) => TryGet(name, out _);

    /// <summary>Returns an array's items; empty if the value is not an array.</summary>
    public IEnumerable<JsonView> Items()
    {
        var from = _origin;
        return IsArray ? _element.EnumerateArray().Select(item => new JsonView(item, from)) : [];
    }

    /// <summary>Returns a non-empty string for people, cut to a maximum length and without hidden characters.</summary>
    public string? Text(int maxLength = MaxText) => Exact(maxLength) is { } text ? PlainText.Of(text) : null;

    /// <summary>Returns a non-empty string as it was sent, cut to a maximum length; for tokens and whatever else is compared or sent back.</summary>
    public string? Exact(int maxLength = MaxText)
    {
        if (_element.ValueKind != JsonValueKind.String || _origin?.Mended?.IsSubstitute(_element) == true)
        {
            return null;
        }

        var text = Unescape(_element);

        // What is left of a string could be mistaken for another, such as a status for a shorter one.
        return text.Length == 0 || (text.Length < maxLength && HasLoss) ? null : PlainText.Cut(text, maxLength);
    }

    /// <summary>Returns an id as it was sent, without white space around it: a non-empty string, or the digits of a whole number.</summary>
    public string? Id() => Digits() ?? Trimmed(Exact());

    /// <summary>Returns an id for people, without hidden characters.</summary>
    public string? PlainId() => Digits() ?? Trimmed(Text());

    /// <summary>Returns a finite number.</summary>
    public double? Number() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;

    /// <summary>Returns a number that is not negative.</summary>
    public double? Amount() => Number() is { } value and >= 0 ? value : null;

    /// <summary>Returns a whole number; it may be written with a fraction of zero.</summary>
    public int? WholeNumber() => Number() is { } value && Math.Floor(value) == value && value is >= int.MinValue and <= int.MaxValue ? (int)value : null;

    /// <summary>Returns a whole number of 64 bits.</summary>
    internal long? Int64() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt64(out var value) ? value : null;

    /// <summary>Returns whether the value is truthy as in JavaScript, which is what the platforms' own clients check.</summary>
    public bool IsTruthy() => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.Number => Number() is not 0,
        JsonValueKind.String => Text() is not null,
        JsonValueKind.Array => _element.GetArrayLength() > 0,
        JsonValueKind.Object => _element.EnumerateObject().Any(),
        _ => false,
    };

    /// <summary>
    /// Returns a time, converted to our clock, that is written as text or as the time since 1970. A time of no sensible year or far in the future
    /// stands for none.
    /// </summary>
    public DateTimeOffset? Time()
    {
        var theirs = _element.ValueKind != JsonValueKind.Number ? PlatformTime.FromText(Text())
            : _element.TryGetDecimal(out var number) ? PlatformTime.FromEpoch(number)
            : null;
        return PlatformTime.ToOurClock(theirs, ClockAhead, _origin?.ReceivedAt);
    }

    /// <summary>Returns the value as JSON text; null if it is null or missing. A value that is nested too deeply becomes a JSON string of its text.</summary>
    public string? Raw()
    {
        if (!Exists)
        {
            return null;
        }

        var text = PlainText.InJson(_element.GetRawText());
        return IsDeep(text) ? JsonSerializer.Serialize(text) : text;
    }

    /// <summary>Returns the value exactly as it was sent, cut to a maximum number of bytes.</summary>
    public string Source(int maxBytes, out bool cut)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(_element);
        cut = bytes.Length > maxBytes;
        if (!cut)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        // Not within a character.
        while ((bytes[maxBytes] & 0xC0) == 0x80)
        {
            maxBytes--;
        }

        return Encoding.UTF8.GetString(bytes[..maxBytes]);
    }

    /// <summary>Returns a string as it is and any other value as JSON text, for failure reasons, which can be either.</summary>
    public string? TextOrRaw(int maxLength) => _element.ValueKind == JsonValueKind.String ? Text(maxLength) : Raw() is { } raw ? PlainText.Of(PlainText.Cut(raw, maxLength)) : null;

    private string? Digits() =>
        _element.ValueKind == JsonValueKind.Number && _element.GetRawText() is { Length: <= MaxText } text && text.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0
            ? text
            : null;

    private static string? Trimmed(string? text) => text?.Trim() is { Length: > 0 } id ? id : null;

    private bool TryGet(string name, out JsonElement value)
    {
        value = default;
        try
        {
            return IsObject && _element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            // The name of some property has an unpaired surrogate, which .NET refuses to compare.
            return false;
        }
    }

    private static bool IsDeep(string json)
    {
        if (json.Length <= 2 * MaxValueDepth)
        {
            return false;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.CurrentDepth > MaxValueDepth)
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
            // JSON can escape an unpaired surrogate, which .NET refuses to decode; the rest of the text is still useful.
            var repaired = LoneSurrogate().Replace(text.GetRawText(), match => match.Groups["keep"].Success ? match.Value : @"\uFFFD");
            return JsonSerializer.Deserialize<string>(repaired)!;
        }
    }

    // An escaped surrogate that is not part of a pair. Escaped backslashes are matched first, so that "\\ud800" stays unchanged.
    [GeneratedRegex(@"(?<keep>\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")]
    private static partial Regex LoneSurrogate();
}

/// <summary>Where a JSON body comes from.</summary>
/// <param name="ClockAhead">How far the platform's clock is ahead of ours.</param>
/// <param name="ReceivedAt">When it was received, by our clock.</param>
/// <param name="Mended">The repaired body; null if it did not need a repair.</param>
internal sealed record JsonOrigin(TimeSpan ClockAhead, DateTimeOffset ReceivedAt, MendedJson? Mended);
