namespace Vigil;

/// <summary>How many executions there are.</summary>
/// <param name="Executions">The number of stored executions, live and finished, by status; statuses without any are omitted.</param>
/// <param name="Attention">The live executions that need attention.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionStats")]
public sealed record ExecutionStats(
    [property: Id(0)] ImmutableSortedDictionary<ExecutionStatus, long> Executions,
    [property: Id(1)] AttentionStats Attention);

/// <summary>How many executions need attention.</summary>
/// <param name="Total">How many do.</param>
/// <param name="ByReason">How many do for each of the <see cref="AttentionReasons"/> that occurs.</param>
[GenerateSerializer, Immutable, Alias("vigil.AttentionStats")]
public sealed record AttentionStats(
    [property: Id(0)] long Total,
    [property: Id(1)] ImmutableSortedDictionary<string, long> ByReason);
