namespace Vigil.Storage;

/// <summary>
/// A write of an execution's state. The searchable columns are in the same row as the state, so that they are always consistent with it.
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

    /// <summary>Gets a value indicating whether Vigil still has work to do for it.</summary>
    public required bool Live { get; init; }

    /// <summary>Gets the work that remains after the end.</summary>
    public PendingWork PendingWork { get; init; }

    /// <summary>Gets the attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>Gets the version.</summary>
    public required long Version { get; init; }

    /// <summary>Gets the platform's id; unique within the connection.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Gets the silo that watches it. Only the first write sets it; <see cref="IExecutionStore.SetOwnerAsync"/> changes it later.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets when it was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Gets when it was last observed.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>Gets when it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets when Vigil stops watching it.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }

    /// <summary>Gets why it needs attention, one of <see cref="AttentionReasons"/>; null while all is well.</summary>
    public string? Attention { get; init; }

    /// <summary>Gets the type of the event that the write appends, one of <see cref="ExecutionEventTypes"/>; null for no event.</summary>
    public string? EventType { get; init; }

    /// <summary>Gets the event's time.</summary>
    public DateTimeOffset EventAt { get; init; }

    /// <summary>Gets the execution in the event as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> EventJson { get; init; }

    /// <summary>Gets the subscribers to deliver the event to.</summary>
    public ImmutableArray<string> Subscribers { get; init; } = [];

    /// <summary>Gets the input as JSON text, which is stored in a separate table; null keeps the stored one.</summary>
    public string? Input { get; init; }

    /// <summary>Gets the output as JSON text, which is stored in a separate table; null keeps the stored one.</summary>
    public string? Output { get; init; }

    /// <summary>Gets the options of the start as JSON text, stored like the input.</summary>
    public string? Options { get; init; }

    /// <summary>Gets the platform's last answer, stored like the output: JSON text, or a JSON string of its beginning if it was cut.</summary>
    public string? Raw { get; init; }

    /// <summary>Gets what only the platform tells as JSON text, stored like the output.</summary>
    public string? Details { get; init; }

    /// <summary>
    /// Gets the new and changed elements of the state's <c>steps</c> if they are stored in rows of their own; the list in the state's JSON is then
    /// empty. Other elements keep their stored rows.
    /// </summary>
    public ImmutableArray<StepRow> Steps { get; init; } = [];

    internal IEnumerable<(string Name, string Text)> Payloads => new[]
    {
        (Name: Payload.Input, Text: Input),
        (Name: Payload.Options, Text: Options),
        (Name: Payload.Output, Text: Output),
        (Name: Payload.Raw, Text: Raw),
        (Name: Payload.Details, Text: Details),
    }.Where(payload => payload.Text is not null)!;
}

/// <summary>One element of an execution's list of steps.</summary>
/// <param name="Place">Its index in the list, from 0 and without gaps.</param>
/// <param name="Json">The element as UTF-8 JSON.</param>
public sealed record StepRow(int Place, ReadOnlyMemory<byte> Json);

/// <summary>The names of the payloads that are stored with an execution.</summary>
public static class Payload
{
    /// <summary>The name of an execution's input.</summary>
    public const string Input = "input";

    /// <summary>The name of an execution's output.</summary>
    public const string Output = "output";

    /// <summary>The name of the options of a start.</summary>
    public const string Options = "options";

    /// <summary>The name of the platform's last answer.</summary>
    public const string Raw = "raw";

    /// <summary>The name of what only the platform tells.</summary>
    public const string Details = "details";

    /// <summary>Reads one payload of an execution; null if there is none.</summary>
    public static async Task<string?> ReadPayloadAsync(
        this IExecutionStore store, string executionId, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return (await store.ReadPayloadsAsync(executionId, [name], cancellationToken)).GetValueOrDefault(name);
    }
}
