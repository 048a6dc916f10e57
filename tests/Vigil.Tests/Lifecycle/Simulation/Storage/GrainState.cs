using Vigil.Grains.Lifecycle;
using Vigil.Storage;
using Vigil.Storage.Adapters;

namespace Vigil.Tests.Lifecycle.Simulation.Storage;

/// <summary>An activation's state over Vigil's grain storage. As Orleans does, it wraps what storage throws.</summary>
internal sealed class GrainState(IVigilStore store, GrainId grainId) : IPersistentState<ExecutionState>
{
    private const string Name = "execution";

    private readonly VigilGrainStorage _storage = new(store, new(StateJson.Default.Options));
    private readonly GrainState<ExecutionState> _state = new();

    public ExecutionState State
    {
        get => _state.State!;
        set => _state.State = value;
    }

    /// <summary>Gets a value indicating whether it was read, so that the grain may be called.</summary>
    public bool IsRead { get; private set; }

    public string? Etag => _state.ETag;

    public bool RecordExists => _state.RecordExists;

    public async Task ReadStateAsync()
    {
        await WrapAsync(_storage.ReadStateAsync(Name, grainId, _state));
        IsRead = true;
    }

    public Task WriteStateAsync() => WrapAsync(_storage.WriteStateAsync(Name, grainId, _state));

    public Task ClearStateAsync() => WrapAsync(_storage.ClearStateAsync(Name, grainId, _state));

    private static async Task WrapAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (StoreException e)
        {
            throw new OrleansException($"The state could not be read or written: {e.Message}", e);
        }
    }
}
