using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

internal sealed partial class JsonBody : IFieldReader
{
    public int? Integer(string name, string description, int min, int max)
    {
        _schema?.AddField(name, RequestShape.Number(JsonSchemaType.Integer, description, min, max));
        if (Field(name, "a whole number", JsonValueKind.Number) is not { } element)
        {
            return null;
        }

        if (element.TryGetInt32(out var number) && number >= min && number <= max)
        {
            return number;
        }

        AddError(name, $"must be a whole number from {min} to {max}.");
        return null;
    }

    public TimeSpan? Seconds(string name, string description, TimeSpan min, TimeSpan max, TimeSpan defaultValue)
    {
        _schema?.AddField(name, RequestShape.Number(JsonSchemaType.Number, description, min.TotalSeconds, max.TotalSeconds, defaultValue.TotalSeconds));
        if (Field(name, "a number of seconds", JsonValueKind.Number) is not { } element)
        {
            return null;
        }

        if (element.TryGetDouble(out var seconds) && seconds >= 0 && seconds <= int.MaxValue)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        AddError(name, $"must be from {min.TotalSeconds:0} to {max.TotalSeconds:0}.");
        return null;
    }

    public DateTimeOffset? Time(string name, string description)
    {
        _schema?.AddField(name, RequestShape.Time(description));
        if (Text(name) is not { } text)
        {
            return null;
        }

        var time = Iso8601.Read(text);
        if (time is null)
        {
            AddError(name, Iso8601.Allowed);
        }

        return time;
    }

    /// <summary>Reads a string or an array of strings; empty if the field is missing.</summary>
    public ImmutableArray<string> Texts(string name, string description, int max)
    {
        _schema?.AddField(name, RequestShape.Texts(description, max));
        return TextsOrNull(name, max) ?? [];
    }

    /// <summary>Reads a string or an array of strings; null if the field is missing.</summary>
    public ImmutableArray<string>? TextsOrNull(string name, string description, int max)
    {
        _schema?.AddField(name, RequestShape.Texts(description, max));
        return TextsOrNull(name, max);
    }

    /// <summary>Reads statuses, in Vigil's words or in a platform's.</summary>
    public ImmutableArray<ExecutionStatus> Statuses(string name, string description)
    {
        _schema?.AddField(name, RequestShape.Statuses(description));
        return StatusWord.ReadAll(TextsOrNull(name, StatusWord.MaxWords) ?? [], message => AddError(name, message));
    }

    public ImmutableDictionary<string, string> TextMap(string name, string description, int maxPairs, int maxLength)
    {
        _schema?.AddField(name, RequestShape.TextMap(description, maxPairs, maxLength));
        var map = ImmutableDictionary.CreateBuilder<string, string>();
        if (Field(name, "an object of strings", JsonValueKind.Object) is { } element)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.String)
                {
                    map[property.Name] = property.Value.GetString()!;
                }
                else
                {
                    AddError($"{name}.{property.Name}", $"must be a string, not {Describe(property.Value)}.");
                }
            }
        }

        return map.ToImmutable();
    }

    private ImmutableArray<string>? TextsOrNull(string name, int max)
    {
        if (Field(name, "a string or an array of strings", JsonValueKind.String, JsonValueKind.Array) is not { } element)
        {
            return null;
        }

        JsonElement[] items = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Take(max + 1)] : [element];
        if (items.Length <= max && items.All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. items.Select(item => item.GetString()!)];
        }

        AddError(name, $"must be a string or an array of at most {max} strings.");
        return null;
    }
}
