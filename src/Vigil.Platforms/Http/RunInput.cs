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
            errors.Add(new("target.id", $"must be an id of 1 to {RequestLimits.MaxRemoteIdLength} characters without control characters, not '.' or '..'."));
        }

        if (!hasVersions && target.Version is not null)
        {
            errors.Add(new("target.version", "must not be given: this platform has no versions."));
        }
    }
}
