using System.Collections.Immutable;

namespace Vigil;

/// <summary>One page of executions. Their outputs are left out.</summary>
/// <param name="Items">The executions.</param>
/// <param name="NextCursor">Where the next page begins; null after the last.</param>
public sealed record ExecutionList(ImmutableArray<Execution> Items, string? NextCursor);
