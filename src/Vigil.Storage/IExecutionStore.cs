namespace Vigil.Storage;

/// <summary>The states of executions and their steps, with queries over them.</summary>
public interface IExecutionStore
{
    /// <summary>Reads one state; null if there is none.</summary>
    Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default);

    /// <summary>Writes one state if its ETag is still the expected one (null: if there is no such state) and returns the new ETag.</summary>
    /// <exception cref="StoreConflictException">Another write came first, or <see cref="ExecutionWrite.RemoteId"/> belongs to another execution.</exception>
    Task<string> WriteAsync(StateWrite write);

    /// <summary>Returns the id of the execution that watches a remote run; null if none does.</summary>
    Task<string?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default);

    /// <summary>Returns the ids of the executions that watch these remote runs, by the remote id; runs that none watches are omitted.</summary>
    Task<ImmutableDictionary<string, string>> FindByRemoteIdsAsync(
        string connection, ImmutableArray<string> remoteIds, CancellationToken cancellationToken = default);

    /// <summary>Reads one page of executions.</summary>
    Task<ExecutionPage> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default);

    /// <summary>Reads the states of these steps, in any order; steps that do not exist are omitted.</summary>
    Task<ImmutableArray<StoredState>> ReadStepsAsync(ImmutableArray<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Reads the stored version of each step of an execution, by the id of the step's state.</summary>
    Task<ImmutableDictionary<string, long>> ReadStepVersionsAsync(string executionId, CancellationToken cancellationToken = default);

    /// <summary>Reads payloads of an execution by their names, such as <see cref="Payload.Input"/>; those that do not exist are omitted.</summary>
    Task<ImmutableDictionary<string, string>> ReadPayloadsAsync(
        string executionId, ImmutableArray<string> names, CancellationToken cancellationToken = default);

    /// <summary>Reads live rows of this owner, in order of id after <paramref name="afterId"/>.</summary>
    Task<ImmutableArray<LiveRow>> ReadLiveAsync(string owner, string? afterId, int limit, CancellationToken cancellationToken = default);

    /// <summary>Reads live rows whose owner is none of these, in order of id after <paramref name="afterId"/>.</summary>
    Task<ImmutableArray<LiveRow>> ReadOrphansAsync(ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken = default);

    /// <summary>Sets the silo that watches these executions. The owner is advisory, so it is written without checking or changing the ETag.</summary>
    Task SetOwnerAsync(ImmutableArray<string> executionIds, string owner);

    /// <summary>Counts executions by status.</summary>
    Task<ImmutableDictionary<ExecutionStatus, long>> CountByStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Counts the executions that need attention by <see cref="ExecutionWrite.Attention"/>.</summary>
    Task<ImmutableDictionary<string, long>> CountByAttentionAsync(CancellationToken cancellationToken = default);
}

/// <summary>A live execution, as the audit reads it.</summary>
/// <param name="ExecutionId">The execution.</param>
/// <param name="Connection">Its connection.</param>
/// <param name="Owner">The silo that last claimed to watch it; null if none did.</param>
public sealed record LiveRow(string ExecutionId, string Connection, string? Owner);

/// <summary>A page of executions.</summary>
/// <param name="States">The states.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last page.</param>
public sealed record ExecutionPage(ImmutableArray<StoredState> States, string? NextCursor);
