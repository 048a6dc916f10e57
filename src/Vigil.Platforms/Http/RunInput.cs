namespace Vigil.Platforms;

/// <summary>Checks of a start that several platforms use.</summary>
internal static class RunInput
{
    /// <summary>Adds errors of the target: an unknown kind, an id that cannot be used in a path, a version although the platform has none.</summary>
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
            errors.Add(new("target.version", "must be omitted: this platform has no versions."));
        }
    }
}
