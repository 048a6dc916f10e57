namespace Vigil.Storage;

/// <summary>
/// Vigil's own store. A state row and all that tells of it - searchable columns, events, deliveries, payloads, counters - change in one transaction.
/// Writes go through one queue, which commits what has gathered and answers each writer by itself. Safe for concurrent use.
/// </summary>
public interface IVigilStore : IReminderStore, IAsyncDisposable
{
    /// <summary>Creates or migrates the schema and takes the store into use.</summary>
    /// <exception cref="StoreException">It cannot be opened, is newer than this program, or another process holds it.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Reads one state; null where there is none.</summary>
    Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default);

    /// <summary>Writes one state if its ETag still is the expected one (null: if there is no such state) and returns the new ETag.</summary>
    /// <exception cref="StoreConflictException">Another write came first, or <see cref="ExecutionColumns.RemoteId"/> belongs to another execution.</exception>
    Task<string> WriteAsync(StateWrite write);

    /// <summary>Removes one state under the same condition.</summary>
    /// <exception cref="StoreConflictException">Another write came first.</exception>
    Task ClearAsync(StateKey key, string? expectedETag);

    /// <summary>Returns the execution that watches a remote run; null where none does.</summary>
    Task<string?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default);

    /// <summary>Reads one page of executions.</summary>
    Task<ExecutionPage> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default);

    /// <summary>Reads the states of these steps, those that there are, in any order.</summary>
    Task<ImmutableArray<StoredState>> ReadStepsAsync(ImmutableArray<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Reads which version of each step of an execution is stored, by the step's id.</summary>
    Task<ImmutableDictionary<string, long>> ReadStepVersionsAsync(string executionId, CancellationToken cancellationToken = default);

    /// <summary>Reads a body that was written with a state, such as <see cref="Payload.Input"/>; null where there is none.</summary>
    Task<string?> ReadPayloadAsync(string executionId, string name, CancellationToken cancellationToken = default);

    /// <summary>Reads live rows that name this owner, by id after <paramref name="afterId"/>; for the audit.</summary>
    Task<ImmutableArray<LiveRow>> ReadLiveAsync(string owner, string? afterId, int limit, CancellationToken cancellationToken = default);

    /// <summary>Reads live rows whose owner is none of these, by id after <paramref name="afterId"/>; for the audit.</summary>
    Task<ImmutableArray<LiveRow>> ReadOrphansAsync(ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken = default);

    /// <summary>Corrects who watches these executions. The owner is advisory and outside the ETag.</summary>
    Task SetOwnerAsync(ImmutableArray<string> executionIds, string owner);

    /// <summary>Counts executions by status.</summary>
    Task<ImmutableDictionary<ExecutionStatus, long>> CountByStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns the number of the last event.</summary>
    Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads events after a number, in order and without gaps that could still be filled.</summary>
    Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Completes when there is an event after <paramref name="afterSeq"/> to read, or at once where there is already: one that this process
    /// committed without delay, one of another process within a fraction of a second.
    /// </summary>
    Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken);

    /// <summary>
    /// Leases due deliveries to this worker until <paramref name="leaseUntil"/>: of each execution and destination only the first open one,
    /// so that order holds.
    /// </summary>
    Task<ImmutableArray<StoredDelivery>> LeaseDeliveriesAsync(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit);

    /// <summary>Settles leased deliveries: delivered, due again later, or dead.</summary>
    Task SettleDeliveriesAsync(ImmutableArray<DeliveryOutcome> outcomes);
}

/// <summary>Names one state.</summary>
/// <param name="Kind">Which of the store's tables holds it.</param>
/// <param name="Id">The grain's key.</param>
[GenerateSerializer, Immutable, Alias("vigil.StateKey")]
public readonly record struct StateKey([property: Id(0)] StateKind Kind, [property: Id(1)] string Id);

/// <summary>The kinds of state.</summary>
public enum StateKind
{
    /// <summary>An execution, with searchable columns.</summary>
    Execution,

    /// <summary>A step of an execution; the id begins with the execution's id and a slash.</summary>
    Step,
}

/// <summary>One state as stored.</summary>
/// <param name="Id">The grain's key.</param>
/// <param name="Json">
/// The state as UTF-8 JSON. Steps that were written as <see cref="StateWrite.Steps"/> are in its member <c>steps</c>; in a page of executions they
/// are left out.
/// </param>
/// <param name="ETag">What the next write must expect.</param>
public sealed record StoredState(string Id, ReadOnlyMemory<byte> Json, string ETag);

/// <summary>What an execution can be found by: columns of the state's own row, so that state and index never disagree.</summary>
public sealed record ExecutionColumns
{
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

    /// <summary>Gets the version.</summary>
    public required long Version { get; init; }

    /// <summary>Gets the platform's id; unique within the connection.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Gets the silo that watches it, for the first write; later <see cref="IVigilStore.SetOwnerAsync"/> corrects it.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets when it was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Gets when it was last observed.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>Gets when it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets when the watching ends.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }
}

/// <summary>An event to append.</summary>
/// <param name="Type">One of <see cref="ExecutionEventTypes"/>.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Version">The version it tells.</param>
/// <param name="At">When.</param>
/// <param name="ExecutionJson">The execution as UTF-8 JSON, as told to everybody.</param>
/// <param name="Subscribers">Who is owed a delivery.</param>
public sealed record NewEvent(string Type, int Attempt, long Version, DateTimeOffset At, ReadOnlyMemory<byte> ExecutionJson, ImmutableArray<string> Subscribers);

/// <summary>A large body in a table of its own.</summary>
/// <param name="Name"><see cref="Input"/> or <see cref="Output"/>.</param>
/// <param name="Text">JSON text.</param>
public sealed record Payload(string Name, string Text)
{
    /// <summary>The name of an execution's input.</summary>
    public const string Input = "input";

    /// <summary>The name of an execution's output.</summary>
    public const string Output = "output";
}

/// <summary>A live row, as the audit sees it.</summary>
/// <param name="ExecutionId">The execution.</param>
/// <param name="Connection">Its connection.</param>
/// <param name="Owner">Who is said to watch it.</param>
public sealed record LiveRow(string ExecutionId, string Connection, string? Owner);

/// <summary>A delivery that this worker holds.</summary>
/// <param name="Id">The delivery's number.</param>
/// <param name="Destination">Who is told.</param>
/// <param name="Event">What is told.</param>
/// <param name="Attempts">How often it was tried before.</param>
/// <param name="CreatedAt">Since when it is owed.</param>
public sealed record StoredDelivery(long Id, string Destination, StoredEvent Event, int Attempts, DateTimeOffset CreatedAt);

/// <summary>How a delivery went.</summary>
/// <param name="Id">The delivery's number.</param>
/// <param name="Worker">Who held it; an outcome of a lease that ran out and was taken by another is dropped.</param>
/// <param name="DueAgainAt">When to try again; null where it is settled.</param>
/// <param name="Error">What went wrong; null where it was delivered. With no <paramref name="DueAgainAt"/> it is dead.</param>
public sealed record DeliveryOutcome(long Id, string Worker, DateTimeOffset? DueAgainAt, string? Error);

/// <summary>A page of executions.</summary>
/// <param name="States">The states.</param>
/// <param name="NextCursor">Where the next page begins; null after the last.</param>
public sealed record ExecutionPage(ImmutableArray<StoredState> States, string? NextCursor);
