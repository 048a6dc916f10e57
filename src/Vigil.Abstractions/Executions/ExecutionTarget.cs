namespace Vigil;

/// <summary>What is run on a platform.</summary>
/// <param name="Kind">The kind of target, one of the platform's own: <c>workflow</c>, <c>flow</c>, <c>agent</c>, <c>code_block</c>.</param>
/// <param name="Id">The platform's id of the target.</param>
/// <param name="Version">The version, where the platform has one.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionTarget")]
public sealed record ExecutionTarget(
    [property: Id(0)] string Kind,
    [property: Id(1)] string Id,
    [property: Id(2)] string? Version = null);
