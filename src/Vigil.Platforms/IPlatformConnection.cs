namespace Vigil.Platforms;

/// <summary>
/// One configured account on a platform, in Vigil's terms. URLs, bodies and status codes are known only here. Every method throws
/// <see cref="PlatformException"/> if the request as a whole failed, <see cref="OperationCanceledException"/> if it was cancelled, and
/// <see cref="NotSupportedException"/> if the capabilities say that it is not supported. It is safe for concurrent use.
/// </summary>
public interface IPlatformConnection : IAsyncDisposable
{
    /// <summary>Gets what the platform supports over this connection.</summary>
    PlatformCapabilities Capabilities { get; }

    /// <summary>Gets how well push messages are received.</summary>
    PushStatus PushStatus => PushStatus.Off;

    /// <summary>Checks the platform's own limits on a start, and the options that only it has, before anything is stored or sent.</summary>
    /// <param name="request">The start, which is within Vigil's own limits.</param>
    /// <param name="input">Its parsed input, a JSON object; null if there is none.</param>
    ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input);

    /// <summary>Starts a run and returns the platform's id for it.</summary>
    Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Polls the status of runs with one <see cref="BatchKey"/> in one request, at most <see cref="PlatformCapabilities.MaxRunsPerPoll"/> of them. The results are in the order of the runs.
    /// If the response for a run still has its known hash, an adapter may skip parsing it and return <see cref="PollAnswer.Unchanged"/>: nearly all
    /// responses repeat the previous one. By default, a single run is polled by fetching its full detail.
    /// </summary>
    /// <param name="runs">The runs.</param>
    /// <param name="known">For each run, the <see cref="PollAnswer.Seen.Hash"/> of its last response, or 0; empty to parse every response.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    async Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(runs.Count, 1);
        return [await GetDetailAsync(runs[0], cancellationToken)];
    }

    /// <summary>
    /// Returns what runs must have in common to be polled in one request, for example their kind if each kind has a path of its own. By default, all can be.
    /// </summary>
    string BatchKey(RemoteRun run) => "";

    /// <summary>Polls the status of runs and parses every response.</summary>
    Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, CancellationToken cancellationToken) => PollAsync(runs, default, cancellationToken);

    /// <summary>Fetches the full response about one run: steps, output, files.</summary>
    Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken);

    /// <summary>Reads one page of the runs that have not ended. Its snapshots are partial if the list contains less than the detail.</summary>
    Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Checks what only this platform knows about a filter for <see cref="ListRunsAsync"/>.</summary>
    ImmutableArray<FieldError> Check(RunFilter filter) => [];

    /// <summary>
    /// Reads one page of the platform's own list of runs. A page may have fewer runs than <paramref name="pageSize"/>, even none, although another follows.
    /// Not supported if <see cref="IPlatform.RunFilters"/> is empty.
    /// </summary>
    Task<RunPage> ListRunsAsync(RunFilter filter, string? cursor, int pageSize, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Asks the platform to stop a run.</summary>
    Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Asks the platform to run a finished run again under the same id.</summary>
    Task RetryAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Looks for a run that carries an execution's id as its marker; null if there is none.</summary>
    Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>
    /// Sends the cheapest request that needs the credential but no run. It shows whether the credential was refused or only access to a run, and
    /// whether a suspended connection works again. Throws <see cref="PlatformException"/> like any other request.
    /// </summary>
    Task ProbeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Opens one file for reading; the caller disposes it.</summary>
    Task<FileContent> OpenFileAsync(ExecutionFile file, RangeHeaderValue? range, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Yields a hint each time the platform pushes a message about the run, until cancelled; it reconnects by itself.</summary>
    IAsyncEnumerable<PushHint> ListenAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>What the platform supports. The rest of Vigil checks these instead of checking which platform it is.</summary>
public sealed record PlatformCapabilities
{
    /// <summary>Gets how many runs one status request can cover; 1 if runs are polled one by one.</summary>
    public int MaxRunsPerPoll { get; init; } = 1;

    /// <summary>Gets how many runs the first batched requests should cover if the actual limit is unknown; null to begin with <see cref="MaxRunsPerPoll"/>.</summary>
    public int? FirstRunsPerPoll { get; init; }

    /// <summary>Gets the largest page of <see cref="IPlatformConnection.ListActiveAsync"/>; 0 if there is no such list.</summary>
    public int MaxActivePage { get; init; }

    /// <summary>Gets a value indicating whether runs can be cancelled.</summary>
    public bool Cancel { get; init; }

    /// <summary>Gets the kinds of target whose runs can be cancelled even if <see cref="Cancel"/> is false.</summary>
    public ImmutableArray<string> CancelKinds { get; init; } = [];

    /// <summary>
    /// Gets a value indicating whether the platform has one word, read as <see cref="ExecutionStatus.Terminated"/>, for runs that it killed and runs
    /// that were cancelled. After Vigil has requested a cancel, the word means cancelled.
    /// </summary>
    public bool TerminatedMayBeCancelled { get; init; }

    /// <summary>Gets a value indicating whether a finished run can be run again under the same id.</summary>
    public bool Retry { get; init; }

    /// <summary>Gets a value indicating whether a start can be found by its marker.</summary>
    public bool StartMarker { get; init; }

    /// <summary>Gets a value indicating whether the platform pushes hints.</summary>
    public bool Push { get; init; }

    /// <summary>Gets a value indicating whether its responses contain steps.</summary>
    public bool Steps { get; init; }

    /// <summary>Gets a value indicating whether runs can write files.</summary>
    public bool Files { get; init; }

    /// <summary>Gets a value indicating whether its responses contain usage.</summary>
    public bool Usage { get; init; }

    /// <summary>
    /// Gets a value indicating whether <see cref="IPlatformConnection.ProbeAsync"/> succeeds only if the platform finds something that must exist, such as
    /// the account's usage or its list of runs. Only then does it prove, beside a run that is not found, that the platform finds what it has.
    /// </summary>
    public bool ProbeFindsSomething { get; init; }

    /// <summary>Returns whether a run of a target can be cancelled.</summary>
    public bool CanCancel(ExecutionTarget? target) => Cancel || (target is not null && CancelKinds.Contains(target.Kind));

    /// <summary>Gets the time between two polls of a run. Default: 2 seconds.</summary>
    public TimeSpan Cadence { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the request budget of a connection that does not configure one.</summary>
    public RequestBudget DefaultBudget { get; init; } = new();
}

/// <summary>How many requests a connection may send. Polls and starts have separate rates, because some platforms limit them separately.</summary>
/// <param name="PollsPerMinute">Status and other requests a minute. Default: 20 a second.</param>
/// <param name="StartsPerMinute">Starts a minute. Default: 20 a second.</param>
public sealed record RequestBudget(double PollsPerMinute = 1200, double StartsPerMinute = 1200);

/// <summary>A run to be started on a platform.</summary>
/// <param name="ExecutionId">Vigil's id of the execution, used as the marker if the platform supports one.</param>
/// <param name="Target">What is run.</param>
/// <param name="Input">JSON text of an object, or null.</param>
/// <param name="Metadata">The caller's labels.</param>
/// <param name="Deadline">How long Vigil will watch.</param>
/// <param name="FirstSentAt">When the start was first sent, which is where the search for the marker begins; null before.</param>
/// <param name="Options">JSON text of an object with the platform's own options, which <see cref="IPlatformConnection.Check(StartExecution, JsonElement?)"/> has accepted, or null.</param>
[GenerateSerializer, Immutable, Alias("vigil.RunRequest")]
public sealed record RunRequest(
    [property: Id(0)] string ExecutionId,
    [property: Id(1)] ExecutionTarget Target,
    [property: Id(2)] string? Input,
    [property: Id(3)] ImmutableDictionary<string, string> Metadata,
    [property: Id(4)] TimeSpan Deadline,
    [property: Id(5)] DateTimeOffset? FirstSentAt = null,
    [property: Id(10)] string? Options = null);

/// <summary>A run on the platform.</summary>
/// <param name="RemoteId">The platform's id.</param>
/// <param name="Target">What is run, if known: some platforms need it in the path.</param>
[GenerateSerializer, Immutable, Alias("vigil.RemoteRun")]
public sealed record RemoteRun(
    [property: Id(0)] string RemoteId,
    [property: Id(1)] ExecutionTarget? Target = null);

/// <summary>The platform's confirmation of a start.</summary>
/// <param name="RemoteId">The platform's id of the run.</param>
/// <param name="Snapshot">The state of the run in the response, if the response contains one.</param>
[GenerateSerializer, Immutable, Alias("vigil.Submitted")]
public sealed record Submitted([property: Id(0)] string RemoteId, [property: Id(1)] Snapshot? Snapshot = null);

/// <summary>The result of a poll for one run: exactly one of the cases.</summary>
public abstract record PollAnswer
{
    private PollAnswer()
    {
    }

    /// <summary>
    /// The platform reported the run's status. <paramref name="Hash"/> is a hash of the raw response; 0 if none was computed.
    /// </summary>
    public sealed record Seen(Snapshot Snapshot, ulong Hash = 0) : PollAnswer;

    /// <summary>The response is the same as the one before.</summary>
    public sealed record Unchanged : PollAnswer
    {
        /// <summary>The shared instance.</summary>
        public static readonly Unchanged Instance = new();
    }

    /// <summary>The platform does not know the run.</summary>
    public sealed record NotFound : PollAnswer;

    /// <summary>The request succeeded, but the part of the response about this run cannot be used.</summary>
    public sealed record Unusable(PlatformError Error) : PollAnswer;
}

/// <summary>One page of the runs that have not ended.</summary>
/// <param name="Runs">The runs, keyed by the platform's id.</param>
/// <param name="NextCursor">Where the next page begins; null after the last.</param>
public sealed record ActivePage(ImmutableArray<KeyValuePair<string, Snapshot>> Runs, string? NextCursor);

/// <summary>One page of the platform's own list of runs.</summary>
/// <param name="Runs">The runs, in the platform's order.</param>
/// <param name="NextCursor">Where the next page begins; null after the last.</param>
public sealed record RunPage(ImmutableArray<ListedRun> Runs, string? NextCursor);

/// <summary>A run in the platform's own list.</summary>
/// <param name="RemoteId">The platform's id.</param>
/// <param name="Snapshot">What the list tells of it; null if that is not even its status.</param>
/// <param name="Target">What is run, if the list tells it.</param>
/// <param name="CreatedAt">When it was created, converted to our clock.</param>
/// <param name="Marker">The id of the execution that started it, if the platform keeps it.</param>
public sealed record ListedRun(string RemoteId, Snapshot? Snapshot, ExecutionTarget? Target, DateTimeOffset? CreatedAt = null, string? Marker = null);

/// <summary>A hint that it is worthwhile to poll the run now.</summary>
/// <param name="Subject">Where it came from, for the log.</param>
/// <param name="IsMessage">Whether the platform pushed a message about the run; false if messages may have been missed.</param>
public sealed record PushHint(string Subject, bool IsMessage = true);

/// <summary>A file that is being downloaded from the platform.</summary>
/// <param name="Body">The bytes; disposing it ends the download.</param>
/// <param name="ContentType">The media type, if the platform reports it.</param>
/// <param name="LengthBytes">The length of <paramref name="Body"/>, if the platform reports it.</param>
/// <param name="ContentRange">Which part of the file it is, if a range was requested and granted.</param>
public sealed record FileContent(
    Stream Body,
    string? ContentType,
    long? LengthBytes,
    ContentRangeHeaderValue? ContentRange = null);
