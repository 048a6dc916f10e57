namespace Vigil.Grains.Steps;

/// <summary>What a step's grain stores.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StepRecord")]
internal sealed record StepRecord : IStoredState
{
    /// <summary>Gets the step; null where none was told.</summary>
    [Id(0)] public Step? Step { get; init; }

    StateWrite IStoredState.Write => Step is { } step
        ? new StepWrite
        {
            Id = StepKey.Of(step.ExecutionId, step.Id).Value,
            ExecutionId = step.ExecutionId,
            Version = step.Version,
            Json = JsonSerializer.SerializeToUtf8Bytes(this, StateJson.Default.StepRecord),
        }
        : throw new InvalidOperationException("There is no step to write.");
}
