using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>The standing rule by which a connection's runs are adopted, and what it has done.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Adopted">How many runs it has adopted since the silo that lists them was started.</param>
/// <param name="SkippedByCap">How many runs its last pass found and left unwatched, because of <see cref="AdoptRuleStatus.MaxWatched"/>; beyond that number it does not read on.</param>
[GenerateSerializer, Immutable, Alias("vigil.AdoptStatus")]
public sealed record AdoptStatus(
    [property: Id(0), JsonPropertyName("rule")] AdoptRuleStatus Rule,
    [property: Id(1), JsonPropertyName("adopted")] long Adopted,
    [property: Id(2), JsonPropertyName("skipped_by_cap")] int SkippedByCap);

/// <summary>A standing rule for adopting a connection's runs.</summary>
/// <param name="Targets">The targets whose runs are adopted; empty for all.</param>
/// <param name="MaxWatched">How many of these runs may be watched at a time.</param>
[GenerateSerializer, Immutable, Alias("vigil.AdoptRuleStatus")]
public sealed record AdoptRuleStatus(ImmutableArray<string> Targets, [property: Id(1), JsonPropertyName("max_watched")] int MaxWatched)
{
    /// <summary>Gets the targets whose runs are adopted; empty for all.</summary>
    [Id(0), JsonPropertyName("targets")] public ImmutableArray<string> Targets { get => field.IsDefault ? [] : field; init; } = Targets;
}

/// <summary>What a standing rule has done, as in <see cref="AdoptStatus"/>.</summary>
[GenerateSerializer, Immutable, Alias("vigil.AdoptCounts")]
public sealed record AdoptCounts([property: Id(0)] long Adopted, [property: Id(1)] int SkippedByCap);
