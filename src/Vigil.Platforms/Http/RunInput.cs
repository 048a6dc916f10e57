namespace Vigil.Platforms;

/// <summary>What is the same for several platforms in checking and sending a start.</summary>
public static class RunInput
{
    /// <summary>The key under which a start carries the execution's id, so that a start whose response was lost can be found.</summary>
    public const string Marker = "vigil_execution_id";

    /// <summary>Checks a start's target - its kind, whether its id can be used in a path, and whether it may have a version - and its options.</summary>
    public static ImmutableArray<FieldError> Check(
        StartExecution request, IReadOnlyList<string> kinds, bool hasVersions, StartOptions? options = null, Action<ICollection<FieldError>>? addMore = null)
    {
        var (target, errors) = (request.Target, new List<FieldError>());
        errors.AddIf(!kinds.Contains(target.Kind), "target.kind", () => $"must be one of {string.Join(", ", kinds)}.");
        errors.AddIf(
            !RemotePath.IsValidId(target.Id),
            "target.id",
            () => $"must be an id of 1 to {RequestLimits.MaxRemoteIdLength} characters without control characters, not '.' or '..'.");
        errors.AddIf(!hasVersions && target.Version is not null, "target.version", () => "must be omitted: this platform has no versions.");
        (options ?? StartOptions.None).Check(request, errors);
        addMore?.Invoke(errors);
        return [.. errors];
    }

    /// <summary>Adds an error for a field if its value is wrong; only then is the message created.</summary>
    internal static void AddIf(this ICollection<FieldError> errors, bool wrong, string field, Func<string> message)
    {
        if (wrong)
        {
            errors.Add(new(field, message()));
        }
    }

    /// <summary>Writes a start's input as a member, if there is one.</summary>
    public static void WriteInput(this Utf8JsonWriter writer, string name, string? input)
    {
        if (input is not null)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(input, skipInputValidation: true);
        }
    }
}
