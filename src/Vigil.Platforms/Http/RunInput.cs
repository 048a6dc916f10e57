namespace Vigil.Platforms;

/// <summary>What several platforms check and send of a start.</summary>
internal static class RunInput
{
    /// <summary>The key of the execution's id in what is sent with a start; a start whose answer was lost is found by it.</summary>
    public const string Marker = "vigil_execution_id";

    /// <summary>Returns the errors of a start: an unknown kind of target, an id that cannot be used in a path, a version although the platform has none.</summary>
    /// <param name="request">The start.</param>
    /// <param name="kinds">The platform's kinds of target.</param>
    /// <param name="hasVersions">Whether its targets have versions.</param>
    /// <param name="addMore">Adds the errors that only this platform has.</param>
    public static ImmutableArray<FieldError> Check(
        StartExecution request, IReadOnlyList<string> kinds, bool hasVersions, Action<ICollection<FieldError>>? addMore = null)
    {
        var (target, errors) = (request.Target, new List<FieldError>());
        errors.AddIf(!kinds.Contains(target.Kind), "target.kind", () => $"must be one of {string.Join(", ", kinds)}.");
        errors.AddIf(
            !RemotePath.CanHold(target.Id),
            "target.id",
            () => $"must be an id of 1 to {RequestLimits.MaxRemoteIdLength} characters without control characters, not '.' or '..'.");
        errors.AddIf(!hasVersions && target.Version is not null, "target.version", () => "must be omitted: this platform has no versions.");
        addMore?.Invoke(errors);
        return [.. errors];
    }

    /// <summary>Adds an error of a field if its value is wrong; the message is made only then.</summary>
    public static void AddIf(this ICollection<FieldError> errors, bool wrong, string field, Func<string> message)
    {
        if (wrong)
        {
            errors.Add(new(field, message()));
        }
    }

    /// <summary>Writes a start's input as a member; nothing if there is none.</summary>
    public static void WriteInput(this Utf8JsonWriter writer, string name, string? input)
    {
        if (input is not null)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(input, skipInputValidation: true);
        }
    }
}
