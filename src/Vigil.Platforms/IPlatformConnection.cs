using System.Collections.Immutable;
using System.Text.Json;

namespace Vigil.Platforms;

/// <summary>
/// One configured account on a platform, in Vigil's words. It alone knows URLs, bodies and status codes. Every method throws
/// <see cref="PlatformException"/> when the request as a whole failed, and <see cref="OperationCanceledException"/> when it was cancelled;
/// what a capability rules out throws <see cref="NotSupportedException"/>. It is safe for concurrent use.
/// </summary>
public interface IPlatformConnection : IAsyncDisposable
{
    /// <summary>Gets what the platform lets a watcher do over this connection.</summary>
    PlatformCapabilities Capabilities { get; }

    /// <summary>Checks the platform's own limits on a start before anything is stored or sent.</summary>
    /// <param name="request">The start, which keeps Vigil's own limits.</param>
    /// <param name="input">Its input, parsed: a JSON object; null where there is none.</param>
    ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input);

    /// <summary>Starts a run and returns the platform's id of it.</summary>
    Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Asks for the status of runs in one request; at most <see cref="PlatformCapabilities.MaxRunsPerPoll"/> of them. The answers are in the runs' order.
    /// </summary>
    Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, CancellationToken cancellationToken);

    /// <summary>Asks for one run's fullest answer: steps, output, files.</summary>
    Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken);

    /// <summary>Reads one page of the runs that have not ended. A page's answers are partial where the list says less than the detail.</summary>
    Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Asks the platform to stop a run.</summary>
    Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Asks the platform to run a finished run again under the same id.</summary>
    Task RetryAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Looks for a run that carries an execution's id as its marker; null where there is none.</summary>
    Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>
    /// Makes the cheapest request that needs the credential and names no run: it tells a refused credential from a run that is refused, and
    /// whether a suspended connection works again. Throws <see cref="PlatformException"/> like any other request.
    /// </summary>
    Task ProbeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Opens one file for reading; the caller disposes it.</summary>
    Task<FileContent> OpenFileAsync(ExecutionFile file, System.Net.Http.Headers.RangeHeaderValue? range, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Yields a hint each time the platform pushes something about the run, until cancelled; it reconnects by itself.</summary>
    IAsyncEnumerable<PushHint> ListenAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>What the platform lets a watcher do. The rest of Vigil asks this instead of asking which platform it is.</summary>
public sealed record PlatformCapabilities
{
    /// <summary>Gets how many runs one status request can ask for; 1 where they are asked one by one.</summary>
    public int MaxRunsPerPoll { get; init; } = 1;

    /// <summary>Gets how many runs a request of several should start with, where the true limit is unknown; else <see cref="MaxRunsPerPoll"/>.</summary>
    public int? FirstRunsPerPoll { get; init; }

    /// <summary>Gets the largest page of <see cref="IPlatformConnection.ListActiveAsync"/>; 0 where there is no such list.</summary>
    public int MaxActivePage { get; init; }

    /// <summary>Gets a value indicating whether runs can be stopped.</summary>
    public bool Cancel { get; init; }

    /// <summary>
    /// Gets a value indicating whether it has one word, <see cref="ExecutionStatus.Terminated"/>, for a run that it stopped and for one that it was
    /// asked to stop. After Vigil's wish to cancel it means that wish.
    /// </summary>
    public bool TerminatedMayBeCancelled { get; init; }

    /// <summary>Gets a value indicating whether a finished run can be run again under its id.</summary>
    public bool Retry { get; init; }

    /// <summary>Gets a value indicating whether a start can be found again by its marker.</summary>
    public bool StartMarker { get; init; }

    /// <summary>Gets a value indicating whether it pushes hints.</summary>
    public bool Push { get; init; }

    /// <summary>Gets a value indicating whether its answers name steps.</summary>
    public bool Steps { get; init; }

    /// <summary>Gets a value indicating whether runs leave files.</summary>
    public bool Files { get; init; }

    /// <summary>Gets a value indicating whether its answers tell usage.</summary>
    public bool Usage { get; init; }

    /// <summary>Gets the time between two polls of a run. Default: 2 seconds.</summary>
    public TimeSpan Cadence { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the request budget of a connection that configures none.</summary>
    public RequestBudget DefaultBudget { get; init; } = new();
}

/// <summary>How many requests a connection may send. Polls and starts have a rate each where the platform counts them apart.</summary>
/// <param name="PollsPerMinute">Status and other requests a minute. Default: 20 a second.</param>
/// <param name="StartsPerMinute">Starts a minute. Default: 20 a second.</param>
public sealed record RequestBudget(double PollsPerMinute = 1200, double StartsPerMinute = 1200);

/// <summary>What a platform is asked to run.</summary>
/// <param name="ExecutionId">Vigil's id of the execution: the marker, where the platform carries one.</param>
/// <param name="Target">What is run.</param>
/// <param name="Input">JSON text of an object, or null.</param>
/// <param name="Metadata">The caller's labels.</param>
/// <param name="Deadline">How long Vigil will watch.</param>
/// <param name="FirstSentAt">When the start was first sent: where a look for the marker begins. Null before.</param>
[GenerateSerializer, Immutable, Alias("vigil.RunRequest")]
public sealed record RunRequest(
    [property: Id(0)] string ExecutionId,
    [property: Id(1)] ExecutionTarget Target,
    [property: Id(2)] string? Input,
    [property: Id(3)] ImmutableDictionary<string, string> Metadata,
    [property: Id(4)] TimeSpan Deadline,
    [property: Id(5)] DateTimeOffset? FirstSentAt = null);

/// <summary>A run on the platform.</summary>
/// <param name="RemoteId">The platform's id.</param>
/// <param name="Target">What is run, where known: some platforms need it in the path.</param>
[GenerateSerializer, Immutable, Alias("vigil.RemoteRun")]
public sealed record RemoteRun(
    [property: Id(0)] string RemoteId,
    [property: Id(1)] ExecutionTarget? Target = null);

/// <summary>The platform's confirmation of a start.</summary>
/// <param name="RemoteId">The platform's id of the run.</param>
/// <param name="Snapshot">What the answer said of it, where it said anything.</param>
[GenerateSerializer, Immutable, Alias("vigil.Submitted")]
public sealed record Submitted([property: Id(0)] string RemoteId, [property: Id(1)] Snapshot? Snapshot = null);

/// <summary>What a poll said of one run: exactly one of the three.</summary>
public abstract record PollAnswer
{
    private PollAnswer()
    {
    }

    /// <summary>The platform told where the run stands.</summary>
    public sealed record Seen(Snapshot Snapshot) : PollAnswer;

    /// <summary>The platform does not know the run.</summary>
    public sealed record NotFound : PollAnswer;

    /// <summary>The platform answered the request, but not usably for this run.</summary>
    public sealed record Unusable(PlatformError Error) : PollAnswer;
}

/// <summary>One page of the runs that have not ended.</summary>
/// <param name="Runs">The runs by the platform's id.</param>
/// <param name="NextCursor">Where the next page begins; null after the last.</param>
public sealed record ActivePage(ImmutableArray<KeyValuePair<string, Snapshot>> Runs, string? NextCursor);

/// <summary>A hint that polling now would pay.</summary>
/// <param name="Subject">Where it came from, for the log.</param>
/// <param name="IsMessage">Whether the platform pushed something about the run; false where messages may have been missed, which proves no push.</param>
public sealed record PushHint(string Subject, bool IsMessage = true);

/// <summary>A file's bytes on their way from the platform.</summary>
/// <param name="Body">The bytes; disposing it ends the download.</param>
/// <param name="ContentType">The media type, where the platform tells.</param>
/// <param name="LengthBytes">The length of <paramref name="Body"/>, where the platform tells.</param>
/// <param name="ContentRange">Which part it is, where a range was asked for and granted.</param>
public sealed record FileContent(
    Stream Body,
    string? ContentType,
    long? LengthBytes,
    System.Net.Http.Headers.ContentRangeHeaderValue? ContentRange = null);
