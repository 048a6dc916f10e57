using System.Collections.Concurrent;
using Orleans.Storage;

namespace Vigil.Cluster.Tests.OrleansAssumptions.Support;

/// <summary>A grain storage in memory. A test says what happens before a write, and changes what is stored behind a grain's back.</summary>
internal sealed class ScriptedStorage : IGrainStorage
{
    public const string ProviderName = "scripted";

    private readonly ConcurrentDictionary<GrainId, object> _stored = new();

    /// <summary>Gets or sets what happens before a write; throwing fails it.</summary>
    public Func<Task> BeforeWrite { get; set; } = () => Task.CompletedTask;

    public void Put(GrainId grain, object state) => _stored[grain] = state;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.RecordExists = _stored.TryGetValue(grainId, out var stored);
        grainState.State = grainState.RecordExists ? (T)stored! : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeforeWrite();
        Put(grainId, grainState.State!);
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
}
