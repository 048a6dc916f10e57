using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>What became of a write, as far as its writer knows.</summary>
internal enum WriteOutcome
{
    Stored,
    Conflict,
    Unknown,
}

/// <summary>The execution's row. A write lands, or not, and its writer learns of it, or not; of two writers the version lets one win.</summary>
internal sealed class RowStore(World world)
{
    public ExecutionState? Row { get; private set; }

    /// <summary>Gets the events by version.</summary>
    public Dictionary<long, string> Events { get; } = [];

    public int Writes { get; private set; }

    public void Write(long expectedVersion, ExecutionState next, LifecycleEffect.Persist write, Action<WriteOutcome> answer)
    {
        var isLost = world.Strikes(0.5);
        var isAnswerLost = world.Strikes(0.5);
        world.After(world.Between(0.001, 0.02), () =>
        {
            var outcome = isLost ? WriteOutcome.Unknown
                : (Row?.Version ?? 0) != expectedVersion ? WriteOutcome.Conflict
                : Land(next, write);
            world.After(world.Between(0.001, 0.02), () => answer(isAnswerLost ? WriteOutcome.Unknown : outcome));
        });
    }

    /// <summary>Reads the row as an activation would: what is never stored is gone.</summary>
    public ExecutionState? Read() => Row is null ? null : StoredForm.Of(Row);

    private WriteOutcome Land(ExecutionState next, LifecycleEffect.Persist write)
    {
        var before = Row;
        var stored = world.Scenario.ThroughJson
            ? JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(next, StateJson.Default.ExecutionState), StateJson.Default.ExecutionState)!
            : next;
        world.Trace?.Invoke($"store: v{next.Version} {next.Attempt}:{next.Status}/{next.Submission.Phase} {next.PendingWork} {write.EventType}");
        Row = stored;
        Writes++;
        if (write.EventType is { } type && !Events.TryAdd(next.Version, type))
        {
            throw new BrokenPromiseException($"Two events have version {next.Version}.");
        }

        world.Promises.Stored(before, stored, write);
        return WriteOutcome.Stored;
    }
}
