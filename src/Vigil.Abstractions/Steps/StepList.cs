namespace Vigil;

/// <summary>One page of an execution's steps, each whole, in the platform's order.</summary>
/// <param name="Items">The steps.</param>
/// <param name="NextCursor">Where the next page begins; null after the last.</param>
/// <param name="StepsTotal">How many steps the execution has, as far as the platform told.</param>
/// <param name="StepsTruncated">Whether the pages leave some out: of more than 10,000 steps the first 10,000 are kept.</param>
[GenerateSerializer, Immutable, Alias("vigil.StepList")]
public sealed record StepList(
    [property: Id(0)] ImmutableArray<Step> Items, [property: Id(1)] string? NextCursor, [property: Id(2)] int StepsTotal, [property: Id(3)] bool StepsTruncated)
{
    /// <summary>The largest page.</summary>
    public const int MaxPageSize = 500;

    /// <summary>The size of a page where none is given.</summary>
    public const int DefaultPageSize = 100;
}
