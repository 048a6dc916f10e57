namespace Vigil.Client;

/// <summary>
/// The client over Orleans, in a silo or outside. Calls that fail because a silo died are retried for up to 15 seconds; finished executions are read
/// from the store by the silo that answers. The HTTP API ends here too, so both have the same rules.
/// </summary>
public sealed partial class ExecutionGateway : IVigilClient
{
    private readonly IClusterClient _cluster;
    private readonly EventFeed _feed;
    private readonly GrainCalls _calls;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;

    internal ExecutionGateway(IClusterClient cluster, EventFeed feed, GrainCalls calls, TimeProvider time, CancellationToken stopping)
    {
        _cluster = cluster;
        _feed = feed;
        _calls = calls;
        _time = time;
        _stopping = stopping;
    }

    private IQueryGrain Queries => _cluster.GetGrain<IQueryGrain>(IQueryGrain.Key);

    /// <summary>Starts an execution, or returns the existing one if the same request with the same key started it before.</summary>
    /// <exception cref="InvalidRequestException">The request is invalid; it contains all errors.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="ExecutionConflictException">The key was used for a different request.</exception>
    /// <exception cref="VigilUnavailableException">No silo handled it in time; repeating it with the same key is safe.</exception>
    /// <param name="request">What to run.</param>
    /// <param name="key">The caller's key, which becomes the execution's id: repeating the request with the same key has no further effect. If null, an id is generated.</param>
    /// <param name="cancellationToken">Cancels the caller's wait, not the start.</param>
    public async Task<StartResult> StartAsync(StartExecution request, string? key = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (key is not null && !RequestLimits.IsId(key))
        {
            throw new InvalidRequestException([.. RequestLimits.CheckId("key", key), .. await CheckAsync(request, cancellationToken)]);
        }

        var id = key ?? NewId();
        return await _calls.CallAsync(
            () =>
            {
                RequestContext.Set(ConnectionKey.PlacementHint, request.Connection);
                return GrainOf(id).StartAsync(request);
            },
            cancellationToken);
    }

    /// <summary>Starts to watch a run that was not started by Vigil, polling it once first; returns the execution that already watches it if there is one.</summary>
    /// <exception cref="InvalidRequestException">The request is invalid; it contains all errors.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="RemoteRunNotFoundException">The platform does not know the run.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    /// <param name="request">The run.</param>
    /// <param name="key">The caller's key, as for a start.</param>
    /// <param name="cancellationToken">Cancels the caller's wait.</param>
    public Task<StartResult> AdoptAsync(AdoptExecution request, string? key = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequestLimits.ThrowIfAny([.. key is null ? [] : RequestLimits.CheckId("key", key), .. RequestLimits.Check(request)]);
        return AdoptAsync(request, key, seen: null, cancellationToken);
    }

    /// <summary>Returns an execution.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<Execution> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        var stored = await FindAsync(id, cancellationToken);
        if (stored.Terminal)
        {
            return stored;
        }

        try
        {
            return await GrainOf(id).GetAsync().WaitAsync(TimeSpan.FromSeconds(2), _time, cancellationToken);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // The stored execution is correct; it only lacks the latest progress.
            return stored;
        }
    }

    /// <summary>Returns the whole output of an execution that has ended.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="AnswerNotAvailableException">It has not ended or has no output.</exception>
    public async Task<KeptAnswer> GetOutputAsync(string id, CancellationToken cancellationToken = default)
    {
        CheckId(id);
        return await _calls.ReadAsync(() => Queries.ReadOutputAsync(id), cancellationToken)
            ?? throw new AnswerNotAvailableException(id, "output_not_available", $"Execution '{id}' has not ended, or it has no output.");
    }

    /// <summary>Returns the platform's last answer about an execution that has ended, as the platform sent it.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="AnswerNotAvailableException">It has not ended as the platform reported, or no answer was kept.</exception>
    public async Task<KeptAnswer> GetRawAsync(string id, CancellationToken cancellationToken = default)
    {
        CheckId(id);
        return await _calls.ReadAsync(() => Queries.ReadRawAsync(id), cancellationToken)
            ?? throw new AnswerNotAvailableException(id, "raw_not_available", $"No answer of the platform is kept for execution '{id}': it has not ended, or not by the platform's report.");
    }

    /// <summary>Returns one page of executions, by default the newest accepted first.</summary>
    /// <exception cref="InvalidRequestException">The cursor or the page size is not valid.</exception>
    public Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default) =>
        _calls.ReadAsync(() => Queries.ListAsync(query), cancellationToken);

    /// <summary>Returns one page of an execution's steps in full.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="pageSize">The maximum number of steps, from 1 to <see cref="StepList.MaxPageSize"/>.</param>
    /// <param name="cursor">The <see cref="StepList.NextCursor"/> of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="InvalidRequestException">The cursor or the page size is not valid.</exception>
    public Task<StepList> ListStepsAsync(
        string id, int pageSize = StepList.DefaultPageSize, string? cursor = null, CancellationToken cancellationToken = default)
    {
        CheckId(id);
        return _calls.ReadAsync(() => Queries.ListStepsAsync(id, pageSize, cursor, cancellationToken), cancellationToken);
    }

    /// <summary>Returns the files that an execution wrote, in the order of its steps.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<ImmutableArray<ExecutionFile>> ListFilesAsync(string id, CancellationToken cancellationToken = default) =>
        [.. await new ExecutionHandle(this, id).FilesAsync(cancellationToken).ToArrayAsync(cancellationToken)];

    /// <summary>Opens one file of an execution, which is streamed from the platform. The caller must dispose it.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="fileId">The file's id.</param>
    /// <param name="range">The part to read, as in HTTP's Range header; null for the whole file.</param>
    /// <param name="cancellationToken">Cancels the caller's wait.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFileNotFoundException">The execution has no such file, or the platform has removed it.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    public async Task<OpenFile> OpenFileAsync(string id, string fileId, string? range = null, CancellationToken cancellationToken = default)
    {
        var execution = await FindAsync(id, cancellationToken);
        RequestContext.Set(ConnectionKey.PlacementHint, execution.Connection);
        var grain = _cluster.GetGrain<IFileGrain>(Guid.NewGuid().ToString("N"));
        var download = await OnceAsync(grain.OpenAsync(id, fileId, range), cancellationToken);
        return new(download, cancellation => ReadAsync(grain, cancellation), () =>
        {
            // Its silo may be gone, and the grain closes an idle download by itself.
            grain.CloseAsync().Ignore();
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Requests cancellation of the execution; the outcome is what the platform then reports.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFinishedException">It has already ended.</exception>
    /// <exception cref="CommandNotSupportedException">The platform cannot cancel.</exception>
    public Task<Execution> CancelAsync(string id, string? reason = null, CancellationToken cancellationToken = default) =>
        CommandAsync(id, grain => grain.CancelAsync(reason), cancellationToken);

    /// <summary>Stops watching the execution.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFinishedException">It has ended with another status.</exception>
    public Task<Execution> AbandonAsync(string id, string? reason = null, CancellationToken cancellationToken = default) =>
        CommandAsync(id, grain => grain.AbandonAsync(reason), cancellationToken);

    /// <summary>Asks the platform to run a finished execution again, as its next attempt.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionConflictException">It has not ended, or it succeeded.</exception>
    /// <exception cref="CommandNotSupportedException">The platform cannot retry.</exception>
    public Task<Execution> RetryAsync(string id, CancellationToken cancellationToken = default) =>
        CommandAsync(id, grain => grain.RetryAsync(), cancellationToken);

    /// <summary>Hints that polling an execution now is worthwhile.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public Task<Execution> NudgeAsync(string id, CancellationToken cancellationToken = default) => CommandAsync(
        id,
        async grain =>
        {
            await grain.NudgeAsync();
            return await grain.GetAsync();
        },
        cancellationToken);

    /// <summary>Hints that polling a run now is worthwhile; does not reveal whether the run is watched.</summary>
    public async Task NudgeAsync(string connection, string remoteId, CancellationToken cancellationToken = default)
    {
        if (await _calls.ReadAsync(() => Queries.FindByRemoteIdAsync(connection, remoteId), cancellationToken) is { } execution)
        {
            await NudgeAsync(execution.Id, cancellationToken);
        }
    }

    /// <summary>Returns all errors of a start, by the limits of Vigil and of the platform.</summary>
    public Task<ImmutableArray<FieldError>> CheckAsync(StartExecution request, CancellationToken cancellationToken) =>
        _calls.CallAsync(() => Queries.CheckAsync(request), cancellationToken);

    private Task<StartResult> AdoptAsync(AdoptExecution request, string? key, Observation? seen, CancellationToken cancellationToken)
    {
        RequestLimits.ThrowIfAny(RequestLimits.Check(request));
        var run = IAdoptionGrain.KeyOf(request.Connection, request.RemoteId);
        return _calls.AskPlatformAsync(() => _cluster.GetGrain<IAdoptionGrain>(run).AdoptAsync(request, key, seen), cancellationToken);
    }

    private async Task<Execution> CommandAsync(string id, Func<IExecutionGrain, Task<Execution>> command, CancellationToken cancellationToken)
    {
        // An unknown id fails here, without activating its grain.
        var execution = await FindAsync(id, cancellationToken);
        RequestContext.Set(ConnectionKey.PlacementHint, execution.Connection);
        return await _calls.CallAsync(() => command(GrainOf(id)), cancellationToken);
    }

    private async Task<Execution> FindAsync(string id, CancellationToken cancellationToken)
    {
        CheckId(id);
        return await _calls.ReadAsync(() => Queries.FindAsync(id), cancellationToken) ?? throw new ExecutionNotFoundException(id);
    }

    private static void CheckId(string id) => RequestLimits.ThrowIfAny(RequestLimits.CheckId("id", id));

    private IExecutionGrain GrainOf(string id) => _cluster.GetGrain<IExecutionGrain>(id);

    private string NewId() => Guid.CreateVersion7(_time.GetUtcNow()).ToString();
}
