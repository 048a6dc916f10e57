namespace Vigil;

/// <summary>A query for executions, newest accepted first.</summary>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionQuery")]
public sealed record ExecutionQuery
{
    /// <summary>Gets the statuses to include; empty for all.</summary>
    [Id(0)] public ImmutableArray<ExecutionStatus> Statuses { get; init; } = [];

    /// <summary>Gets the connection; null for all.</summary>
    [Id(1)] public string? Connection { get; init; }

    /// <summary>Gets the maximum number of results, from 1 to <see cref="RequestLimits.MaxPageSize"/>.</summary>
    [Id(2)] public int PageSize { get; init; } = 50;

    /// <summary>Gets where the page begins: the cursor of the page before; null for the first.</summary>
    [Id(3)] public string? Cursor { get; init; }
}
