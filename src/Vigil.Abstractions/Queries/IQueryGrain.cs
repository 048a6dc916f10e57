using Orleans.Concurrency;

namespace Vigil;

/// <summary>
/// Answers queries that span executions. It reads the store and uses the silo's poller, so that a client needs only an Orleans client.
/// It is a stateless worker: each silo answers for itself. The key is <see cref="Key"/>. While the store cannot be reached, every method throws
/// <see cref="VigilUnavailableException"/>.
/// </summary>
[Alias("vigil.IQueryGrain")]
public interface IQueryGrain : IGrainWithStringKey
{
    /// <summary>The key of the query grain.</summary>
    const string Key = "queries";

    /// <summary>Returns the stored execution, with its output if it has ended; null if there is none.</summary>
    [Alias("FindAsync"), AlwaysInterleave, AnyGateway]
    Task<Execution?> FindAsync(string id);

    /// <summary>Returns the execution that watches a run; null if none does.</summary>
    [Alias("FindByRemoteIdAsync"), AlwaysInterleave, AnyGateway]
    Task<Execution?> FindByRemoteIdAsync(string connection, string remoteId);

    /// <summary>Returns the whole output of an execution that has ended; null if it has not ended or has none.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    [Alias("ReadOutputAsync"), AlwaysInterleave, AnyGateway]
    Task<KeptAnswer?> ReadOutputAsync(string id);

    /// <summary>
    /// Returns the platform's last answer about an execution that has ended; null if it has not ended, if how it ended is Vigil's own conclusion, or if no
    /// answer was kept.
    /// </summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    [Alias("ReadRawAsync"), AlwaysInterleave, AnyGateway]
    Task<KeptAnswer?> ReadRawAsync(string id);

    /// <summary>Returns one page of executions, without their outputs.</summary>
    /// <exception cref="InvalidRequestException">The cursor or the page size is not valid.</exception>
    [Alias("ListAsync"), AlwaysInterleave, AnyGateway]
    Task<ExecutionList> ListAsync(ExecutionQuery query);

    /// <summary>
    /// Returns one page of an execution's steps in full, in the platform's order. If the execution has ended but its last steps have not reached their
    /// grains yet, it waits for them for up to 5 seconds.
    /// </summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="pageSize">The maximum number of steps, from 1 to <see cref="StepList.MaxPageSize"/>.</param>
    /// <param name="cursor">The <see cref="StepList.NextCursor"/> of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="InvalidRequestException">The cursor or the page size is not valid.</exception>
    [Alias("ListStepsAsync"), AlwaysInterleave, AnyGateway]
    Task<StepList> ListStepsAsync(string id, int pageSize, string? cursor, CancellationToken cancellationToken);

    /// <summary>Validates a start against the limits of Vigil and of the connection's platform without storing anything, and returns all errors.</summary>
    [Alias("CheckStartAsync"), AlwaysInterleave, AnyGateway]
    Task<ImmutableArray<FieldError>> CheckAsync(StartExecution request);

    /// <summary>Polls a run once that no execution watches yet; null if the platform does not know it.</summary>
    /// <exception cref="InvalidRequestException">The adoption breaks a limit, or names a kind of target that the platform does not run.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    [Alias("LookAsync"), AlwaysInterleave, AnyGateway]
    Task<Observation?> ObserveAsync(AdoptExecution request, CancellationToken cancellationToken);

    /// <summary>Returns one page of the runs that the platform itself lists, whether an execution watches them or not.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="filter">Which runs.</param>
    /// <param name="pageSize">The maximum number of runs, from 1 to <see cref="RequestLimits.MaxPageSize"/>; the platform may have a lower limit.</param>
    /// <param name="cursor">The <see cref="PlatformRunList.NextCursor"/> of the previous page; null for the first page.</param>
    /// <param name="observe">Whether to return <see cref="PlatformRun.Seen"/>.</param>
    /// <param name="cancellationToken">Cancels the caller's wait.</param>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="ListingNotSupportedException">The platform cannot list its runs.</exception>
    /// <exception cref="InvalidRequestException">The platform does not have a filter, or the cursor or the page size is not valid.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    [Alias("ListRunsAsync"), AlwaysInterleave, AnyGateway]
    Task<PlatformRunList> ListRunsAsync(
        string connection, RunFilter filter, int pageSize, string? cursor, bool observe, CancellationToken cancellationToken);

    /// <summary>
    /// Returns events after a sequence number, in order and without gaps: up to 1,000, or 1 MiB. If none of them matches, waits for the first
    /// one. Answers at once if events are missing, and if the reader asks for the current sequence number.
    /// </summary>
    /// <param name="query">Which events.</param>
    /// <param name="wait">How long to wait before returning an empty page; at most 10 seconds.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidRequestException">The filter is not valid.</exception>
    [Alias("ReadEventPageAsync"), AlwaysInterleave, AnyGateway]
    Task<EventPage> ReadEventsAsync(EventQuery query, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Returns the events of one execution after a version, in order: up to 1,000, or 1 MiB. Does not wait for any.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="afterVersion">The version of the last event that the reader has seen; 0 for none.</param>
    /// <param name="afterSeq">The sequence number after which events are read; 0 if the version says it.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    [Alias("ReadExecutionEventsAsync"), AlwaysInterleave, AnyGateway]
    Task<EventPage> ReadEventsAsync(string id, long afterVersion, long afterSeq);

    /// <summary>Counts the stored executions by status, and those that need attention by reason.</summary>
    [Alias("GetStatsAsync"), AlwaysInterleave, AnyGateway]
    Task<ExecutionStats> GetStatsAsync();

    /// <summary>Returns all connections of the cluster sorted by name, each as seen by the silo that answers or by one that has it.</summary>
    [Alias("ListConnectionsAsync"), AlwaysInterleave, AnyGateway]
    Task<ImmutableArray<ConnectionStatus>> ListConnectionsAsync();

    /// <summary>Returns one connection.</summary>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    [Alias("GetConnectionAsync"), AlwaysInterleave, AnyGateway]
    Task<ConnectionStatus> GetConnectionAsync(string name);

    /// <summary>Returns the version of Vigil of the silo that answers.</summary>
    [Alias("GetVersionAsync"), AlwaysInterleave, AnyGateway]
    Task<string> GetVersionAsync();

    /// <summary>Returns what the silo that answers still needs before it can serve requests: <c>first_audit</c>, <c>database_claim</c>, <c>store</c>; empty when it is ready.</summary>
    [Alias("ListMissingAsync"), AlwaysInterleave, AnyGateway]
    Task<ImmutableArray<string>> ListMissingAsync();
}

/// <summary>A document that is kept with an execution.</summary>
/// <param name="Text">The JSON text; if it was cut, only its beginning.</param>
/// <param name="Truncated">Whether a part of it is missing, because it is longer than 1 MiB or, in an output, was not JSON.</param>
[GenerateSerializer, Immutable, Alias("vigil.KeptAnswer")]
public sealed record KeptAnswer([property: Id(0)] string Text, [property: Id(1)] bool Truncated);
