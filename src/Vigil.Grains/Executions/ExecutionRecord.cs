using System.Text.Json.Serialization;

namespace Vigil.Grains.Executions;

/// <summary>What an execution's grain stores.</summary>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionRecord"), JsonConverter(typeof(ExecutionRecordConverter))]
internal sealed record ExecutionRecord : IStoredState
{
    /// <summary>Gets the state; null where nothing was accepted.</summary>
    [Id(0)] public ExecutionState? State { get; init; }

    /// <summary>Gets the write under way; null where there is none. It is not part of the state and goes nowhere with it.</summary>
    [field: NonSerialized] public ExecutionWrite? Write { get; init; }

    StateWrite IStoredState.Write => Write ?? throw new InvalidOperationException("There is no write under way.");
}
