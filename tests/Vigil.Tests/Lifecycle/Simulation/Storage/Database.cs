using Vigil.Grains.Lifecycle;
using Vigil.Storage;

namespace Vigil.Tests.Lifecycle.Simulation.Storage;

/// <summary>The database that all silos share: the execution's row, its ETag, its bodies, the steps that have rows of their own, and its events.</summary>
internal sealed class Database(World world)
{
    private readonly SortedDictionary<int, byte[]> _steps = [];
    private ReadOnlyMemory<byte> _json;
    private string? _input;

    /// <summary>Gets what is stored, as the next activation would read it.</summary>
    public ExecutionState? Row { get; private set; }

    /// <summary>Gets the events' types by version.</summary>
    public Dictionary<long, string> Events { get; } = [];

    /// <summary>Gets the number of writes that landed.</summary>
    public int Writes { get; private set; }

    /// <summary>Gets the row's ETag; null where there is no row.</summary>
    public string? ETag => Row is null ? null : $"e{Writes}";

    public StoredState? Read() => Row is null ? null : new(Row.Id, _json, ETag!);

    public string? ReadInput() => _input;

    /// <summary>Lands a write whose ETag was found right.</summary>
    public void Land(ExecutionWrite write, Silo silo)
    {
        var before = Row;
        foreach (var step in write.Steps)
        {
            _steps[step.Place] = StoreValues.Blob(step.Json);
        }

        var json = _steps.Count > 0 ? StoreValues.WithSteps(StoreValues.Blob(write.Json), [.. _steps.Values]) : write.Json;
        var after = JsonSerializer.Deserialize(json.Span, StateJson.Default.ExecutionState)!;
        var type = write.EventType;
        world.Trace?.Invoke($"store: v{after.Version} {after.Attempt}:{after.Status}/{after.Submission.Phase} {after.PendingWork} {type}");
        (Row, _json) = (after, json);
        _input = write.Input ?? _input;
        Writes++;
        if (type is not null && !Events.TryAdd(write.Version, type))
        {
            world.Break($"Two events have version {write.Version}.");
        }

        world.Promises.Stored(before, after, write, silo);
    }
}
