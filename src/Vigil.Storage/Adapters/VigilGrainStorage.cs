using System.Runtime.CompilerServices;
using Orleans.Storage;

namespace Vigil.Storage.Adapters;

/// <summary>Grain storage for executions and steps in Vigil's store.</summary>
internal sealed class VigilGrainStorage(IVigilStore store, GrainStateSerializer serializer) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(KeyOf(stateName, grainId), cancellationToken);
        grainState.State = stored is null ? Empty<T>() : serializer.Deserialize<T>(new(stored.Json)) ?? Empty<T>();
        grainState.ETag = stored?.ETag;
        grainState.RecordExists = stored is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var state = grainState.State ?? throw new ArgumentException($"The state '{stateName}' of {grainId} is null.", nameof(grainState));
        var stored = state as IStoredState ?? throw NeitherExecutionNorStep(stateName, grainId);
        try
        {
            grainState.ETag = await store.WriteAsync(stored.Write with { ExpectedETag = grainState.ETag });
        }
        catch (StoreConflictException conflict)
        {
            throw Inconsistent(conflict);
        }

        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException($"State '{stateName}' of {grainId} cannot be cleared: accepted executions are kept.");

    private static StateKey KeyOf(string stateName, GrainId grainId) => stateName switch
    {
        VigilStorage.ExecutionStateName => new(StateKind.Execution, grainId.Key.ToString()!),
        VigilStorage.StepStateName => new(StateKind.Step, grainId.Key.ToString()!),
        _ => throw NeitherExecutionNorStep(stateName, grainId),
    };

    private static NotSupportedException NeitherExecutionNorStep(string stateName, GrainId grainId) =>
        new($"State '{stateName}' of {grainId} is neither an execution nor a step; use the provider '{VigilStorage.UnindexedProviderName}' for it.");

    /// <summary>Creates the initial state of a grain in the same way as Orleans.</summary>
    private static T Empty<T>() => typeof(T).IsValueType || typeof(T).GetConstructor(Type.EmptyTypes) is not null
        ? Activator.CreateInstance<T>()
        : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));

    private static InconsistentStateException Inconsistent(StoreConflictException conflict) =>
        new(conflict.Message, conflict.StoredETag, conflict.ExpectedETag, conflict);
}
