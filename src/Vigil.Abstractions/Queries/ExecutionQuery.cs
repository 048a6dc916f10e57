namespace Vigil;

/// <summary>A query for executions, newest accepted first.</summary>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionQuery")]
public sealed record ExecutionQuery
{
    /// <summary>Gets the statuses to include; empty for all.</summary>
    [Id(0)] public ImmutableArray<ExecutionStatus> Statuses { get; init; } = [];

    /// <summary>Gets the connection; null for all.</summary>
    [Id(1)] public string? Connection { get; init; }

    /// <summary>Gets the maximum number of results per page, from 1 to <see cref="RequestLimits.MaxPageSize"/>.</summary>
    [Id(2)] public int PageSize { get; init; } = 50;

    /// <summary>Gets the <see cref="ExecutionList.NextCursor"/> of the previous page; null for the first page.</summary>
    [Id(3)] public string? Cursor { get; init; }

    /// <summary>Gets whether to include only executions that need attention (true), or only those that do not (false); null for both.</summary>
    [Id(4)] public bool? Attention { get; init; }
}

/// <summary>One page of executions. Their outputs are omitted.</summary>
/// <param name="Items">The executions.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last page.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionList")]
public sealed record ExecutionList([property: Id(0)] ImmutableArray<Execution> Items, [property: Id(1)] string? NextCursor);
