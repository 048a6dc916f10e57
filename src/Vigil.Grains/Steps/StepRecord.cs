namespace Vigil.Grains.Steps;

/// <summary>The stored state of a step's grain.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StepRecord")]
internal sealed record StepRecord : IStoredState
{
    /// <summary>Gets the step; null before the first report.</summary>
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
