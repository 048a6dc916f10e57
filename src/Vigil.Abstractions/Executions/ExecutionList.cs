namespace Vigil;

/// <summary>One page of executions. Their outputs are left out.</summary>
/// <param name="Items">The executions.</param>
/// <param name="NextCursor">Where the next page begins; null after the last.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionList")]
public sealed record ExecutionList([property: Id(0)] ImmutableArray<Execution> Items, [property: Id(1)] string? NextCursor);
