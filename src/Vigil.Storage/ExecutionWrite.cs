namespace Vigil.Storage;

/// <summary>
/// A write of an execution's state. What the execution can be found by are columns of the state's own row, so that state and index never disagree.
/// </summary>
public sealed record ExecutionWrite : StateWrite
{
    /// <inheritdoc />
    public override StateKey Key => new(StateKind.Execution, Id);

    /// <summary>Gets the connection's name.</summary>
    public required string Connection { get; init; }

    /// <summary>Gets the platform's name.</summary>
    public required string Platform { get; init; }

    /// <summary>Gets the kind of target.</summary>
    public string? TargetKind { get; init; }

    /// <summary>Gets the target's id.</summary>
    public string? TargetId { get; init; }

    /// <summary>Gets the status.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>Gets a value indicating whether Vigil must still do something for it.</summary>
    public required bool Live { get; init; }

    /// <summary>Gets what must still happen after the end.</summary>
    public PendingWork PendingWork { get; init; }

    /// <summary>Gets the attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>Gets the version.</summary>
    public required long Version { get; init; }

    /// <summary>Gets the platform's id; unique within the connection.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Gets the silo that watches it, for the first write; later <see cref="IExecutionStore.SetOwnerAsync"/> corrects it.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets when it was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Gets when it was last observed.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>Gets when it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets when the watching ends.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }

    /// <summary>Gets the event that the write appends, one of <see cref="ExecutionEventTypes"/>; null for none.</summary>
    public string? EventType { get; init; }

    /// <summary>Gets the event's time.</summary>
    public DateTimeOffset EventAt { get; init; }

    /// <summary>Gets the execution as the event tells it, as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> EventJson { get; init; }

    /// <summary>Gets who is owed a delivery of the event.</summary>
    public ImmutableArray<string> Subscribers { get; init; } = [];

    /// <summary>Gets the input, JSON text for a table of its own; null leaves what is stored.</summary>
    public string? Input { get; init; }

    /// <summary>Gets the output, in the same way.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// Gets the new and the changed elements of the state's list <c>steps</c>, to keep in rows of their own; the others stay as they were. The list
    /// in the state itself is empty then.
    /// </summary>
    public ImmutableArray<StepRow> Steps { get; init; } = [];

    /// <summary>Gets the bodies that the write stores, with their names.</summary>
    internal IEnumerable<(string Name, string Text)> Payloads =>
        new[] { (Name: Payload.Input, Text: Input), (Name: Payload.Output, Text: Output) }.Where(body => body.Text is not null)!;
}

/// <summary>One element of an execution's list of steps.</summary>
/// <param name="Place">Its place in the list, from 0 and without gaps.</param>
/// <param name="Json">The element as UTF-8 JSON.</param>
public sealed record StepRow(int Place, ReadOnlyMemory<byte> Json);

/// <summary>The names of the bodies that are stored with an execution.</summary>
public static class Payload
{
    /// <summary>The name of an execution's input.</summary>
    public const string Input = "input";

    /// <summary>The name of an execution's output.</summary>
    public const string Output = "output";
}
