using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Storage;

/// <summary>A storage provider whose records live as long as the cluster. They are copies of the states, made as calls make them.</summary>
internal sealed class MemoryStorage(MemoryRecords records, string name) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = records.Read(Key(stateName, grainId));
        grainState.State = record is null ? Empty<T>() : (T)CopyContext.CopyOf(record.State)!;
        grainState.ETag = record?.ETag;
        grainState.RecordExists = record is not null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.ETag = records.Write(Key(stateName, grainId), CopyContext.CopyOf(grainState.State), grainState.ETag);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        records.Remove(Key(stateName, grainId), grainState.ETag);
        grainState.State = Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private static T Empty<T>() => (T)MemberCopier.Creator(typeof(T))();

    private (string Storage, string State, GrainId Grain) Key(string stateName, GrainId grainId) => (name, stateName, grainId);
}

/// <summary>The records of all memory storage of a cluster.</summary>
internal sealed class MemoryRecords
{
    private readonly ConcurrentDictionary<(string Storage, string State, GrainId Grain), Record> _records = new();
    private long _version;

    public Record? Read((string, string, GrainId) key) => _records.GetValueOrDefault(key);

    public string Write((string, string, GrainId) key, object? state, string? etag)
    {
        var record = new Record(state, Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture));
        var known = Known(key, etag);
        if (known is null ? !_records.TryAdd(key, record) : !_records.TryUpdate(key, record, known))
        {
            throw Conflict(key, etag);
        }

        return record.ETag;
    }

    public void Remove((string, string, GrainId) key, string? etag)
    {
        if (Known(key, etag) is { } known && !_records.TryRemove(KeyValuePair.Create(key, known)))
        {
            throw Conflict(key, etag);
        }
    }

    private Record? Known((string, string, GrainId) key, string? etag)
    {
        var known = Read(key);
        return known?.ETag == etag ? known : throw Conflict(key, etag);
    }

    private InconsistentStateException Conflict((string, string, GrainId) key, string? etag) =>
        new($"The record of {key} was written meanwhile.", Read(key)?.ETag, etag);

    internal sealed record Record(object? State, string ETag);
}
