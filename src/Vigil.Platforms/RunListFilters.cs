namespace Vigil.Platforms;

/// <summary>The names of the filters of a platform's list of runs in the HTTP API, and what is the same for all platforms in checking them.</summary>
public static class RunListFilters
{
    /// <summary><see cref="RunFilter.Statuses"/>.</summary>
    public const string Status = "status";

    /// <summary><see cref="RunFilter.Targets"/>.</summary>
    public const string Target = "target";

    /// <summary><see cref="RunFilter.Version"/>.</summary>
    public const string Version = "version";

    /// <summary><see cref="RunFilter.CreatedAfter"/>.</summary>
    public const string CreatedAfter = "created_after";

    /// <summary><see cref="RunFilter.CreatedBefore"/>.</summary>
    public const string CreatedBefore = "created_before";

    /// <summary><see cref="RunFilter.Trigger"/>.</summary>
    public const string Trigger = "trigger";

    /// <summary>Gets the statuses of runs that have not ended.</summary>
    public static ImmutableArray<ExecutionStatus> Active { get; } = [ExecutionStatus.Pending, ExecutionStatus.Running, ExecutionStatus.AwaitingInput];

    /// <summary>Returns all errors of a filter for a platform that can list its runs.</summary>
    public static ImmutableArray<FieldError> Check(IPlatform platform, IPlatformConnection connection, RunFilter filter)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(filter);
        var errors = new List<FieldError>();
        errors.AddIf(filter.Kind is { } kind && !platform.TargetKinds.Contains(kind), "kind", () => $"must be one of: {string.Join(", ", platform.TargetKinds)}.");
        errors.AddIf(filter.Targets.Length > RunFilter.MaxTargets, Target, () => $"must be given at most {RunFilter.MaxTargets} times.");
        errors.AddIf(
            filter.Targets.Any(id => !RemotePath.IsValidId(id) || id.Contains(',', StringComparison.Ordinal)),
            Target,
            () => $"must be an id of 1 to {RequestLimits.MaxRemoteIdLength} characters without commas and control characters.");
        var unknown = NamesOf(filter).Except(platform.RunFilters).ToArray();
        errors.AddRange(unknown.Select(name => new FieldError(
            name, $"is not a filter of platform '{platform.Name}'; allowed: {string.Join(", ", platform.RunFilters)}.")));
        return unknown.Length > 0 ? [.. errors] : [.. errors, .. connection.Check(filter)];
    }

    private static IEnumerable<string> NamesOf(RunFilter filter)
    {
        (string Name, bool IsSet)[] filters =
        [
            (Status, !filter.Statuses.IsEmpty), (Target, !filter.Targets.IsEmpty), (Version, filter.Version is not null),
            (CreatedAfter, filter.CreatedAfter is not null), (CreatedBefore, filter.CreatedBefore is not null), (Trigger, filter.Trigger is not null),
        ];
        return filters.Where(pair => pair.IsSet).Select(pair => pair.Name);
    }
}
