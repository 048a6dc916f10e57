using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>A query for executions, by default the newest accepted first.</summary>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionQuery")]
public sealed record ExecutionQuery
{
    /// <summary>The last row that <see cref="Page"/> reaches; further pages are read with <see cref="Cursor"/>.</summary>
    public const int MaxRow = 10_000;

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

    /// <summary>Gets the id of the target; null for all.</summary>
    [Id(5)] public string? TargetId { get; init; }

    /// <summary>Gets the number of the page, from 1; null for the first one or the one of <see cref="Cursor"/>.</summary>
    [Id(6)] public int? Page { get; init; }

    /// <summary>Gets the order of the executions.</summary>
    [Id(7)] public ExecutionOrder OrderBy { get; init; }

    /// <summary>Gets a value indicating whether the oldest come first.</summary>
    [Id(8)] public bool Ascending { get; init; }
}

/// <summary>The order of a list of executions.</summary>
public enum ExecutionOrder
{
    /// <summary>By the time of acceptance.</summary>
    AcceptedAt = 0,

    /// <summary>By the time of the end. Executions without one are not listed.</summary>
    EndedAt = 1,
}

/// <summary>One page of executions. Their outputs are omitted.</summary>
/// <param name="Items">The executions.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last page.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionList")]
public sealed record ExecutionList(ImmutableArray<Execution> Items, [property: Id(1), JsonPropertyName("next_cursor")] string? NextCursor)
{
    /// <summary>Gets the executions.</summary>
    [Id(0), JsonPropertyName("items")] public ImmutableArray<Execution> Items { get => field.IsDefault ? [] : field; init; } = Items;
}
