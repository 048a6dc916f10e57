namespace Vigil.Gateway.Api;

internal sealed partial class JsonBody
{
    public int? Integer(string name, int min, int max)
    {
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

    public DateTimeOffset? Time(string name)
    {
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

    /// <summary>Reads a string or an array of strings; null if the field is missing.</summary>
    public ImmutableArray<string>? Texts(string name, int max)
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

    /// <summary>Reads statuses, in Vigil's words or in a platform's.</summary>
    public ImmutableArray<ExecutionStatus> Statuses(string name) => StatusWord.ReadAll(Texts(name, max: 50) ?? [], message => AddError(name, message));
}
