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
        if (!kinds.Contains(target.Kind))
        {
            errors.Add(new("target.kind", $"must be one of {string.Join(", ", kinds)}."));
        }

        if (!RemotePath.CanHold(target.Id))
        {
            errors.Add(new("target.id", $"must be an id of 1 to {RequestLimits.MaxRemoteIdLength} characters without control characters, not '.' or '..'."));
        }

        if (!hasVersions && target.Version is not null)
        {
            errors.Add(new("target.version", "must be omitted: this platform has no versions."));
        }

        addMore?.Invoke(errors);
        return [.. errors];
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
