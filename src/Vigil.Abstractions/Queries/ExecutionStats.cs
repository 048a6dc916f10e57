using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>How many executions there are.</summary>
/// <param name="Executions">The number of stored executions, live and finished, by status; statuses without any are omitted.</param>
/// <param name="Attention">The live executions that need attention.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionStats")]
public sealed record ExecutionStats(
    ImmutableSortedDictionary<ExecutionStatus, long> Executions,
    [property: Id(1), JsonPropertyName("attention")] AttentionStats Attention)
{
    /// <summary>Gets the number of stored executions, live and finished, by status; statuses without any are omitted.</summary>
    [Id(0), JsonPropertyName("executions")] public ImmutableSortedDictionary<ExecutionStatus, long> Executions { get => field ?? ImmutableSortedDictionary<ExecutionStatus, long>.Empty; init; } = Executions;
}

/// <summary>How many executions need attention.</summary>
/// <param name="Total">How many do.</param>
/// <param name="ByReason">How many do for each reason that occurs, one of <see cref="AttentionReasons"/>.</param>
[GenerateSerializer, Immutable, Alias("vigil.AttentionStats")]
public sealed record AttentionStats(
    [property: Id(0), JsonPropertyName("total")] long Total,
    ImmutableSortedDictionary<string, long> ByReason)
{
    /// <summary>Gets how many do for each of the <see cref="AttentionReasons"/> that occurs.</summary>
    [Id(1), JsonPropertyName("by_reason")] public ImmutableSortedDictionary<string, long> ByReason { get => field ?? ImmutableSortedDictionary<string, long>.Empty; init; } = ByReason;
}
