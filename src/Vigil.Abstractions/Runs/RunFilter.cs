using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>Which of a platform's own runs to list. A filter that the platform does not have is refused, not ignored.</summary>
[GenerateSerializer, Immutable, Alias("vigil.RunFilter")]
public sealed record RunFilter
{
    /// <summary>The longest list of targets.</summary>
    public const int MaxTargets = 50;

    /// <summary>Gets the statuses to include; empty for all.</summary>
    [Id(0), JsonPropertyName("status")] public ImmutableArray<ExecutionStatus> Statuses { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Gets the ids of the targets to include, at most <see cref="MaxTargets"/>; empty for all.</summary>
    [Id(1), JsonPropertyName("target")] public ImmutableArray<string> Targets { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Gets the version of the targets; null for all.</summary>
    [Id(2), JsonPropertyName("version")] public string? Version { get; init; }

    /// <summary>Gets the kind of target; null for the platform's first.</summary>
    [Id(3), JsonPropertyName("kind")] public string? Kind { get; init; }

    /// <summary>Gets the earliest time of creation; null for no limit.</summary>
    [Id(4), JsonPropertyName("created_after")] public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>Gets the latest time of creation; null for no limit.</summary>
    [Id(5), JsonPropertyName("created_before")] public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Gets the platform's id of a trigger, to list the runs that it started; it excludes all other filters.</summary>
    [Id(6), JsonPropertyName("trigger")] public string? Trigger { get; init; }
}
