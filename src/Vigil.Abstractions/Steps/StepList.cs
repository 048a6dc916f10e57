using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>One page of an execution's steps in full, in the platform's order.</summary>
/// <param name="Items">The steps.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last page.</param>
/// <param name="StepsTotal">The number of steps that the platform reported.</param>
/// <param name="StepsTruncated">Whether the pages are incomplete: only the first 10,000 steps are kept.</param>
[GenerateSerializer, Immutable, Alias("vigil.StepList")]
public sealed record StepList(
    ImmutableArray<Step> Items,
    [property: Id(1), JsonPropertyName("next_cursor")] string? NextCursor,
    [property: Id(2), JsonPropertyName("steps_total")] int StepsTotal,
    [property: Id(3), JsonPropertyName("steps_truncated")] bool StepsTruncated)
{
    /// <summary>The largest page size.</summary>
    public const int MaxPageSize = 500;

    /// <summary>The default page size.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Gets the steps.</summary>
    [Id(0), JsonPropertyName("items")] public ImmutableArray<Step> Items { get => field.IsDefault ? [] : field; init; } = Items;
}
