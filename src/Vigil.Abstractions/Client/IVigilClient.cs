namespace Vigil;

/// <summary>
/// What a program holds to start executions, find them and wait for them, over Orleans or over HTTP. It is safe for concurrent use. Every method throws
/// <see cref="VigilUnavailableException"/> if no silo answered in time, and <see cref="OperationCanceledException"/> if the caller cancelled; cancelling
/// ends the caller's wait and nothing else, so the execution goes on.
/// </summary>
public interface IVigilClient
{
    /// <summary>Starts an execution, or returns the existing one if the same request with the same key started it before.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="key">
    /// The caller's key, which becomes the execution's id: repeating the request with the same key has no further effect. If null, an id is generated.
    /// </param>
    /// <param name="cancellationToken">Cancels the caller's wait, not the start.</param>
    /// <exception cref="InvalidRequestException">The request is invalid; it contains all errors.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="ExecutionConflictException">The key was used for a different request.</exception>
    Task<ExecutionHandle> StartAsync(StartExecution request, string? key = null, CancellationToken cancellationToken = default);

    /// <summary>Starts to watch a run that was not started by Vigil, polling it once first; returns the execution that already watches it if there is one.</summary>
    /// <param name="request">The run.</param>
    /// <param name="key">The caller's key, as for a start.</param>
    /// <param name="cancellationToken">Cancels the caller's wait.</param>
    /// <exception cref="InvalidRequestException">The request is invalid; it contains all errors.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="RemoteRunNotFoundException">The platform does not know the run.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    Task<ExecutionHandle> AdoptAsync(AdoptExecution request, string? key = null, CancellationToken cancellationToken = default);

    /// <summary>Returns an execution.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    Task<Execution> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits once until the execution ends, the time is up, or the silo that answers stops; <see cref="Execution.Terminal"/> of the result shows whether it
    /// ended. To wait to the end, use <see cref="ExecutionHandle.WaitAsync"/>.
    /// </summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="timeout">How long to wait, at most <see cref="RequestLimits.MaxWait"/>.</param>
    /// <param name="sinceVersion">Also returns when the version differs from this one; null to wait only for the end.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    Task<Execution> WaitAsync(string id, TimeSpan timeout, long? sinceVersion = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Yields the events of one execution, each once and in order: first those that are stored already, then each further one, until the execution has ended.
    /// It continues by itself when a silo, the network or this program's connection fails, and a slow reader misses nothing. If the execution has ended
    /// already, it yields what is stored and ends; if it is retried later, observe it again after the last version.
    /// </summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="afterVersion">The version of the last event, or of the execution, that the caller has seen; 0 for none.</param>
    /// <param name="cancellationToken">Ends the observation; the execution goes on.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="EventsMissedException">Events after that version are not kept.</exception>
    IAsyncEnumerable<ExecutionEvent> ObserveAsync(string id, long afterVersion = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// Yields the events of all executions that match a filter, each once and in the order of the store, until it is cancelled or disposed. It continues by
    /// itself when a silo, the network or this program's connection fails, and a slow reader misses nothing.
    /// </summary>
    /// <param name="filter">Which events.</param>
    /// <param name="afterSeq">
    /// The <see cref="ExecutionEvent.Seq"/> of the last event that the caller has seen, even if before a restart; 0 for all events that are kept; null to begin
    /// now, with the first event after the enumeration has reached the cluster.
    /// </param>
    /// <param name="cancellationToken">Ends the observation.</param>
    /// <exception cref="InvalidRequestException">The filter is not valid; the exception contains all errors.</exception>
    /// <exception cref="EventsMissedException">Events after that number are not kept.</exception>
    IAsyncEnumerable<ExecutionEvent> ObserveAsync(EventFilter filter, long? afterSeq = null, CancellationToken cancellationToken = default);

    /// <summary>Returns one page of executions.</summary>
    /// <exception cref="InvalidRequestException">The cursor or the page size is not valid.</exception>
    Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default);

    /// <summary>Returns one page of an execution's steps in full.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="pageSize">The maximum number of steps, from 1 to <see cref="StepList.MaxPageSize"/>.</param>
    /// <param name="cursor">The <see cref="StepList.NextCursor"/> of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    Task<StepList> ListStepsAsync(string id, int pageSize = StepList.DefaultPageSize, string? cursor = null, CancellationToken cancellationToken = default);

    /// <summary>Opens one file of an execution, which is streamed from the platform. The caller must dispose it.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="fileId">The file's <see cref="ExecutionFile.Id"/>.</param>
    /// <param name="range">The part to read, as in HTTP's Range header; null for the whole file.</param>
    /// <param name="cancellationToken">Cancels the caller's wait.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFileNotFoundException">The execution has no such file, or the platform has removed it.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    Task<OpenFile> OpenFileAsync(string id, string fileId, string? range = null, CancellationToken cancellationToken = default);

    /// <summary>Requests cancellation of the execution; the outcome is what the platform then reports. Cancelling twice is not an error.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFinishedException">It has already ended.</exception>
    /// <exception cref="CommandNotSupportedException">The platform cannot cancel.</exception>
    Task<Execution> CancelAsync(string id, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Stops watching the execution. Abandoning twice is not an error.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFinishedException">It has ended with another status.</exception>
    Task<Execution> AbandonAsync(string id, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Asks the platform to run a finished execution again, as its next attempt.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionConflictException">It has not ended, or it succeeded.</exception>
    /// <exception cref="CommandNotSupportedException">The platform cannot retry.</exception>
    Task<Execution> RetryAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Hints that polling the execution now is worthwhile.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    Task<Execution> NudgeAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Returns all connections of the cluster, sorted by name.</summary>
    Task<ImmutableArray<ConnectionStatus>> ListConnectionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops all requests of a connection until it is resumed.</summary>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    Task<ConnectionStatus> PauseConnectionAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Ends a connection's pause or suspension.</summary>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    Task<ConnectionStatus> ResumeConnectionAsync(string name, CancellationToken cancellationToken = default);
}
