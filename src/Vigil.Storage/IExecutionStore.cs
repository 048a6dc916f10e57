namespace Vigil.Storage;

/// <summary>The states of executions and their steps, and what executions can be found by.</summary>
public interface IExecutionStore
{
    /// <summary>Reads one state; null where there is none.</summary>
    Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default);

    /// <summary>Writes one state if its ETag still is the expected one (null: if there is no such state) and returns the new ETag.</summary>
    /// <exception cref="StoreConflictException">Another write came first, or <see cref="ExecutionWrite.RemoteId"/> belongs to another execution.</exception>
    Task<string> WriteAsync(StateWrite write);

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
}

/// <summary>A live row, as the audit sees it.</summary>
/// <param name="ExecutionId">The execution.</param>
/// <param name="Connection">Its connection.</param>
/// <param name="Owner">Who is said to watch it.</param>
public sealed record LiveRow(string ExecutionId, string Connection, string? Owner);

/// <summary>A page of executions.</summary>
/// <param name="States">The states.</param>
/// <param name="NextCursor">Where the next page begins; null after the last.</param>
public sealed record ExecutionPage(ImmutableArray<StoredState> States, string? NextCursor);
