using System.Text.Json.Serialization;

namespace Vigil.Grains.Steps;

/// <summary>What a step's grain stores.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StepRecord")]
internal sealed record StepRecord : IStoredStep
{
    /// <summary>Gets the step; null where none was told.</summary>
    [Id(0)] public Step? Step { get; init; }

    /// <inheritdoc />
    [JsonIgnore] public long Version => Step?.Version ?? 0;
}
