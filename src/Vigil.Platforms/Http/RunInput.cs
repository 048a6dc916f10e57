using System.Text.Json;

namespace Vigil.Platforms;

/// <summary>Checks of a start that platforms share.</summary>
internal static class RunInput
{
    /// <summary>Adds what is wrong with the target: its kind, an id that cannot stand in a path, a version where there are none.</summary>
    public static void CheckTarget(ExecutionTarget target, IReadOnlyList<string> kinds, bool hasVersions, ICollection<FieldError> errors)
    {
        if (!kinds.Contains(target.Kind))
        {
            errors.Add(new("target.kind", $"must be one of {string.Join(", ", kinds)}."));
        }

        if (!RemotePath.CanHold(target.Id))
        {
            errors.Add(new("target.id", "must be an id of 1 to 500 characters without control characters."));
        }

        if (!hasVersions && target.Version is not null)
        {
            errors.Add(new("target.version", "must not be given: this platform has no versions."));
        }
    }

    /// <summary>Adds an error where the input is given and is no JSON object.</summary>
    public static void CheckObject(string? input, ICollection<FieldError> errors)
    {
        if (input is not null && !IsObject(input))
        {
            errors.Add(new("input", "must be a JSON object, not an array or a single value."));
        }
    }

    private static bool IsObject(string input)
    {
        try
        {
            using var document = JsonDocument.Parse(input);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
