namespace Vigil;

/// <summary>One page of an execution's steps in full, in the platform's order.</summary>
/// <param name="Items">The steps.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last page.</param>
/// <param name="StepsTotal">The number of steps that the platform reported.</param>
/// <param name="StepsTruncated">Whether the pages are incomplete: only the first 10,000 steps are kept.</param>
[GenerateSerializer, Immutable, Alias("vigil.StepList")]
public sealed record StepList(
    [property: Id(0)] ImmutableArray<Step> Items, [property: Id(1)] string? NextCursor, [property: Id(2)] int StepsTotal, [property: Id(3)] bool StepsTruncated)
{
    /// <summary>The largest page size.</summary>
    public const int MaxPageSize = 500;

    /// <summary>The default page size.</summary>
    public const int DefaultPageSize = 100;
}
