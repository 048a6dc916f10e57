using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Simulator;

/// <summary>Validates a body of the admin endpoints against its types and their ranges.</summary>
internal sealed class AdminSchema(IReadOnlyCollection<string> platforms)
{
    /// <summary>Describes the valid values of a type for an error message.</summary>
    public static string Describe(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? Describe(inner)
        : type.IsEnum ? $"must be one of {string.Join(", ", WordsOf(type))}"
        : type == typeof(RunDuration) ? $"must be a number of seconds, or an object with {MembersOf(typeof(DrawnDuration))}"
        : type == typeof(string) ? "must be a string"
        : type == typeof(bool) ? "must be true or false"
        : type == typeof(int) ? "must be a whole number"
        : type == typeof(double) ? "must be a number"
        : InfoOf(type).Kind == JsonTypeInfoKind.Enumerable ? "must be an array"
        : InfoOf(type).Kind == JsonTypeInfoKind.Dictionary ? "must be an object of strings"
        : $"must be an object with {MembersOf(type)}";

    public AdminError? FindError(JsonElement body, Type type) => FindError(body, type, "$");

    private AdminError? FindError(JsonElement value, Type type, string path)
    {
        var actual = Nullable.GetUnderlyingType(type) ?? type;
        if (actual == typeof(RunDuration) && value.ValueKind == JsonValueKind.Number)
        {
            return FindRangeError(value, RangeOf(InfoOf(typeof(DrawnDuration)).Properties[0]), path);
        }

        var info = InfoOf(actual == typeof(RunDuration) ? typeof(DrawnDuration) : actual);
        return (info.Kind, value.ValueKind) switch
        {
            (JsonTypeInfoKind.Object, JsonValueKind.Object) => FindObjectError(value, info.Type, path),
            (JsonTypeInfoKind.Enumerable, JsonValueKind.Array) =>
                value.EnumerateArray().Select((item, index) => FindError(item, info.ElementType!, $"{path}[{index}]")).FirstOrDefault(error => error is not null),
            (JsonTypeInfoKind.Dictionary, JsonValueKind.Object) =>
                value.EnumerateObject().Select(member => FindError(member.Value, info.ElementType!, $"{path}.{member.Name}")).FirstOrDefault(error => error is not null),
            (JsonTypeInfoKind.None, _) => HasType(value, actual) ? null : new(value, path, $"{Describe(actual)}, not {value.GetRawText()}"),
            _ => new(value, path, Describe(actual)),
        };
    }

    private AdminError? FindObjectError(JsonElement value, Type type, string path)
    {
        var known = InfoOf(type).Properties;
        foreach (var given in value.EnumerateObject())
        {
            var member = $"{path}.{given.Name}";
            if (known.FirstOrDefault(candidate => candidate.Name == given.Name) is not { } property)
            {
                return new(given.Value, member, $"is not known; allowed: {MembersOf(type)}");
            }

            if (FindMemberError(given.Value, property, member) is { } error)
            {
                return error;
            }
        }

        return known.FirstOrDefault(property => IsRequired(property) && !value.TryGetProperty(property.Name, out _)) is { } missing
            ? new(value, $"{path}.{missing.Name}", $"is missing; {Describe(missing.PropertyType)}")
            : type == typeof(RunScript) ? FindStepsError(value, path)
            : type == typeof(FaultRule) ? FindTimesError(value, path) ?? FindMembersError(value, path)
            : null;
    }

    private AdminError? FindMemberError(JsonElement value, JsonPropertyInfo property, string path)
    {
        if (value.ValueKind == JsonValueKind.Null && (property.AssociatedParameter?.IsNullable ?? property.IsSetNullable))
        {
            return null;
        }

        // These are strings in the types, because the allowed values depend on the platforms.
        var words = property.Name == "platform" ? platforms
            : property.Name == "operation" && property.DeclaringType == typeof(FaultRule) ? FaultRule.Operations
            : null;
        if (words is not null && value.ValueKind == JsonValueKind.String && !words.Contains(value.GetString()!))
        {
            return new(value, path, $"must be one of {string.Join(", ", words)}, not {value.GetRawText()}");
        }

        return FindError(value, property.PropertyType, path) ?? FindRangeError(value, RangeOf(property), path);
    }

    private static AdminError? FindStepsError(JsonElement script, string path)
    {
        var before = new HashSet<string>();
        foreach (var (index, step) in script.TryGetProperty("steps", out var steps) ? steps.EnumerateArray().Index() : [])
        {
            if (step.TryGetProperty("depends_on", out var names) && names.ValueKind == JsonValueKind.Array
                && names.EnumerateArray().FirstOrDefault(name => !before.Contains(name.GetString()!)) is { ValueKind: JsonValueKind.String } unknown)
            {
                return new(unknown, $"{path}.steps[{index}].depends_on", $"must name steps before this one, not {unknown.GetRawText()}");
            }

            before.Add(step.GetProperty("name").GetString()!);
        }

        return null;
    }

    private static AdminError? FindTimesError(JsonElement rule, string path) =>
        rule.TryGetProperty("until_seconds", out var until) && until.ValueKind == JsonValueKind.Number
            && until.GetDouble() <= (rule.TryGetProperty("from_seconds", out var from) ? from.GetDouble() : 0)
            ? new(until, $"{path}.until_seconds", $"must be above from_seconds, not {until.GetRawText()}")
            : null;

    private static AdminError? FindMembersError(JsonElement rule, string path) =>
        rule.GetProperty("kind").ValueEquals("members") && !(rule.TryGetProperty("members", out var members) && members.EnumerateObject().Any())
            ? new(rule, $"{path}.members", "must have at least one member for kind members")
        : rule.TryGetProperty("headers", out var headers) && headers.EnumerateObject().FirstOrDefault(header => !IsHeader(header)) is { Value.ValueKind: JsonValueKind.String } wrong
            ? new(wrong.Value, $"{path}.headers", "must have names of letters, digits and '-', and values of printable ASCII characters")
        : null;

    private static bool IsHeader(JsonProperty header) =>
        header.Name.Length > 0 && header.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && header.Value.GetString()!.All(c => c is >= ' ' and <= '~');

    private static AdminError? FindRangeError(JsonElement value, RangeAttribute? range, string path)
    {
        if (range is null || value.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        var (min, max) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
        return value.GetDouble() >= min && value.GetDouble() <= max
            ? null
            : new(value, path, string.Create(CultureInfo.InvariantCulture, $"must be from {min} to {max}, not {value.GetRawText()}"));
    }

    private static bool HasType(JsonElement value, Type type) => type.IsEnum ? value.ValueKind == JsonValueKind.String && WordsOf(type).Contains(value.GetString()!)
        : type == typeof(string) ? value.ValueKind == JsonValueKind.String
        : type == typeof(bool) ? value.ValueKind is JsonValueKind.True or JsonValueKind.False
        : type == typeof(JsonElement) || (value.ValueKind == JsonValueKind.Number && (type != typeof(int) || value.TryGetInt32(out _)));

    private static bool IsRequired(JsonPropertyInfo property) => property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false };

    private static RangeAttribute? RangeOf(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(RangeAttribute), inherit: false).OfType<RangeAttribute>().FirstOrDefault();

    private static IEnumerable<string> WordsOf(Type type) => Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);

    private static string MembersOf(Type type) => string.Join(", ", InfoOf(type).Properties.Select(member => member.Name));

    private static JsonTypeInfo InfoOf(Type type) => SimulatorJson.Admin.GetTypeInfo(type);
}
