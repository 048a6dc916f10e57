using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace Vigil.Cluster.Tests.Conformance.Support;

/// <summary>A store of JSON rows that fails when it is told to, and whose rows a test can change behind a grain's back.</summary>
internal sealed class ScriptedStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<string, Row> _rows = new();
    private readonly ConcurrentDictionary<string, Func<string, Exception?>> _faults = new();

    /// <summary>Decides for one grain, by its key, which operation ("read", "write", "clear") fails, and how.</summary>
    internal void Fail(string key, Func<string, Exception?> fault) => _faults[key] = fault;

    internal void Heal(string key) => _faults.TryRemove(key, out _);

    /// <summary>Stores a row as another writer would.</summary>
    internal void Overwrite<T>(string stateName, string key, T state)
    {
        var name = $"{stateName}/{key}";
        _rows[name] = new Row(JsonSerializer.Serialize(state), NextTag(_rows.GetValueOrDefault(name)));
    }

    internal string? TagOf(string stateName, string key) => _rows.GetValueOrDefault($"{stateName}/{key}")?.Tag;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfScripted("read", grainId);
        if (_rows.TryGetValue(Name(stateName, grainId), out var row))
        {
            grainState.State = JsonSerializer.Deserialize<T>(row.Json)!;
            grainState.ETag = row.Tag;
            grainState.RecordExists = true;
        }
        else
        {
            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        ThrowIfScripted("write", grainId);
        var name = Name(stateName, grainId);
        var stored = _rows.GetValueOrDefault(name);
        ThrowIfStale(stored, grainState.ETag);
        var row = new Row(JsonSerializer.Serialize(grainState.State), NextTag(stored));
        _rows[name] = row;
        grainState.ETag = row.Tag;
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfScripted("clear", grainId);
        ThrowIfStale(_rows.GetValueOrDefault(Name(stateName, grainId)), grainState.ETag);
        _rows.TryRemove(Name(stateName, grainId), out _);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private static string Name(string stateName, GrainId grainId) => $"{stateName}/{grainId.Key}";

    private static string NextTag(Row? row) =>
        (int.Parse(row?.Tag ?? "0", CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);

    private static void ThrowIfStale(Row? stored, string? tag)
    {
        if (stored?.Tag != tag)
        {
            throw new InconsistentStateException("Another writer was faster.", stored?.Tag ?? "none", tag ?? "none");
        }
    }

    private void ThrowIfScripted(string operation, GrainId grainId)
    {
        if (_faults.TryGetValue(grainId.Key.ToString()!, out var fault) && fault(operation) is { } exception)
        {
            throw exception;
        }
    }

    private sealed record Row(string Json, string Tag);
}
