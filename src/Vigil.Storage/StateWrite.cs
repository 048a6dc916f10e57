namespace Vigil.Storage;

/// <summary>One write of a state with all that must change beside it.</summary>
public sealed record StateWrite
{
    /// <summary>Gets the state's name.</summary>
    public required StateKey Key { get; init; }

    /// <summary>Gets the state as UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Gets the ETag that must still hold; null for a first write.</summary>
    public string? ExpectedETag { get; init; }

    /// <summary>Gets what an execution can be found by; null for other states.</summary>
    public ExecutionColumns? Columns { get; init; }

    /// <summary>Gets the event that the write tells; null for none.</summary>
    public NewEvent? Event { get; init; }

    /// <summary>Gets bodies to store with it.</summary>
    public ImmutableArray<Payload> Payloads { get; init; } = [];

    /// <summary>
    /// Gets the new and the changed elements of the state's list <c>steps</c>, to keep in rows of their own; the others stay as they were. The list
    /// in <see cref="Json"/> itself is empty then.
    /// </summary>
    public ImmutableArray<StepRow> Steps { get; init; } = [];

    /// <summary>Gets the version of a step; 0 for other states.</summary>
    public long StepVersion { get; init; }
}

/// <summary>One element of an execution's list of steps.</summary>
/// <param name="Place">Its place in the list, from 0 and without gaps.</param>
/// <param name="Json">The element as UTF-8 JSON.</param>
public sealed record StepRow(int Place, ReadOnlyMemory<byte> Json);

/// <summary>What a state that is written through a grain's storage tells the store beside itself.</summary>
public interface IStoredExecution
{
    /// <summary>Gets what the execution can be found by.</summary>
    ExecutionColumns GetColumns();

    /// <summary>Gets the event that this write tells; null for none.</summary>
    NewEvent? GetEvent();

    /// <summary>Gets the bodies to store with this write.</summary>
    ImmutableArray<Payload> GetPayloads();

    /// <summary>Gets the steps to store in rows of their own with this write.</summary>
    ImmutableArray<StepRow> GetSteps();
}

/// <summary>What the state of a step tells the store beside itself.</summary>
public interface IStoredStep
{
    /// <summary>Gets the version of the step that the state holds.</summary>
    long Version { get; }
}
