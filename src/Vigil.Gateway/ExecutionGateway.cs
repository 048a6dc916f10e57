using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Vigil.Grains;
using Vigil.Platforms;
using Vigil.Storage;

namespace Vigil.Gateway;

/// <summary>
/// The client of Vigil: starts executions, queries them, and waits for their end. Calls that meet a dying silo are repeated for 15 seconds;
/// what is finished is answered from the store.
/// </summary>
public sealed class ExecutionGateway
{
    private static readonly TimeSpan StepsPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StepsInterval = TimeSpan.FromMilliseconds(50);

    private readonly IGrainFactory _grains;
    private readonly ExecutionReader _reader;
    private readonly PlatformConnections _connections;
    private readonly EventFeed _feed;
    private readonly GrainCalls _calls;
    private readonly TimeProvider _time;

    internal ExecutionGateway(
        IGrainFactory grains, ExecutionReader reader, PlatformConnections connections, EventFeed feed, GrainCalls calls, TimeProvider time)
    {
        _grains = grains;
        _reader = reader;
        _connections = connections;
        _feed = feed;
        _calls = calls;
        _time = time;
    }

    /// <summary>Starts an execution, or returns the one that the same request with the same key started before.</summary>
    /// <exception cref="InvalidRequestException">The request breaks rules; all are named.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="ExecutionConflictException">The key was used for a different request.</exception>
    /// <exception cref="VigilUnavailableException">No silo took it in time; repeating it with the same key is safe.</exception>
    public Task<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = Check(request);
        if (!errors.IsEmpty)
        {
            throw new InvalidRequestException(errors);
        }

        if (!_connections.TryGet(request.Connection, out _))
        {
            throw new ConnectionNotFoundException(request.Connection);
        }

        var start = ToStart(request) with { RequestHash = CanonicalJson.HashOf(request) };
        var grain = _grains.GetGrain<IExecutionGrain>(request.Key ?? NewId());
        return _calls.CallAsync(() => grain.StartAsync(start), cancellationToken);
    }

    /// <summary>Looks once at a run that somebody else started and watches it from then on; returns the execution that watches it already, where there is one.</summary>
    /// <exception cref="InvalidRequestException">The request breaks rules; all are named.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="RemoteRunNotFoundException">The platform does not know the run.</exception>
    /// <exception cref="PlatformUnavailableException">The platform gave no usable answer.</exception>
    public async Task<StartResult> AdoptAsync(AdoptRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = Check(request);
        if (!errors.IsEmpty)
        {
            throw new InvalidRequestException(errors);
        }

        if (!_connections.TryGet(request.Connection, out _))
        {
            throw new ConnectionNotFoundException(request.Connection);
        }

        if (await _reader.FindByRemoteIdAsync(request.Connection, request.RemoteId, cancellationToken) is { } existing)
        {
            return new(existing, Created: false);
        }

        var firstLook = await LookAsync(request, cancellationToken);
        var grain = _grains.GetGrain<IExecutionGrain>(request.Key ?? AdoptedId(request));
        return await _calls.CallAsync(() => grain.AdoptAsync(ToAdopt(request), firstLook), cancellationToken);
    }

    /// <summary>Returns an execution.</summary>
    /// <exception cref="ExecutionNotFoundException">There is none.</exception>
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
            // What is stored is true; only fresher progress is missing while the execution moves to another silo.
            return stored;
        }
    }

    /// <summary>Returns one page of executions, the newest accepted first.</summary>
    /// <exception cref="InvalidCursorException">The cursor is none of this list.</exception>
    public Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default) => _reader.ListAsync(query, cancellationToken);

    /// <summary>Returns one page of an execution's steps, each whole.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="pageSize">How many at most, from 1 to <see cref="StepList.MaxPageSize"/>.</param>
    /// <param name="cursor">Where the page begins, as an earlier page gave it; null for the first.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="InvalidCursorException">The cursor is not one of these steps.</exception>
    public async Task<StepList> GetStepsAsync(
        string id, int pageSize = StepList.DefaultPageSize, string? cursor = null, CancellationToken cancellationToken = default)
    {
        var execution = await FindAsync(id, cancellationToken);
        var asked = _time.GetTimestamp();

        // The end is told before the last steps have reached their grains, and that they have is no event: it is looked for, a moment at most.
        while (execution.Terminal && execution.PendingWork.HasFlag(PendingWork.Steps) && _time.GetElapsedTime(asked) < StepsPatience)
        {
            await Task.Delay(StepsInterval, _time, cancellationToken);
            execution = await FindAsync(id, cancellationToken);
        }

        return await _reader.StepsAsync(id, pageSize, cursor, cancellationToken) ?? throw new ExecutionNotFoundException(id);
    }

    /// <summary>Returns the files that an execution left, in the order of its steps.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<ImmutableArray<ExecutionFile>> ListFilesAsync(string id, CancellationToken cancellationToken = default)
    {
        var files = ImmutableArray.CreateBuilder<ExecutionFile>();
        string? cursor = null;
        do
        {
            var page = await GetStepsAsync(id, StepList.MaxPageSize, cursor, cancellationToken);
            files.AddRange(page.Items.SelectMany(step => step.Files));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return files.DrainToImmutable();
    }

    /// <summary>Opens one file of an execution: its bytes come straight from the platform. The caller disposes the body.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFileNotFoundException">The execution left no such file, or the platform has removed it.</exception>
    /// <exception cref="PlatformUnavailableException">The platform gave no usable answer.</exception>
    public async Task<(ExecutionFile File, FileContent Content)> OpenFileAsync(
        string id, string fileId, RangeHeaderValue? range = null, CancellationToken cancellationToken = default)
    {
        var execution = await FindAsync(id, cancellationToken);
        var file = (await ListFilesAsync(id, cancellationToken)).FirstOrDefault(file => file.Id == fileId) ?? throw new ExecutionFileNotFoundException(id, fileId);
        try
        {
            return (file, await _connections.Get(execution.Connection).Connection.OpenFileAsync(file, range, cancellationToken));
        }
        catch (PlatformException e) when (e.Error.StatusCode == 404)
        {
            throw new ExecutionFileNotFoundException(id, fileId);
        }
        catch (PlatformException e)
        {
            throw new PlatformUnavailableException(execution.Connection, e.Message, e.Error.RetryAfter);
        }
    }

    /// <summary>Waits until the execution ends or the patience does; <see cref="Execution.Terminal"/> says which.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="sinceVersion">Returns too when the version differs from this; null to wait for the end alone.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<Execution> WaitAsync(string id, TimeSpan patience, long? sinceVersion = null, CancellationToken cancellationToken = default)
    {
        await FindAsync(id, cancellationToken);
        using var subscription = await _feed.SubscribeAsync(id, cancellationToken);
        using var deadline = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (true)
        {
            var execution = await GetAsync(id, cancellationToken);
            if (execution.Terminal || (sinceVersion is { } version && execution.Version != version))
            {
                return execution;
            }

            try
            {
                await subscription.Events.WaitToReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return await GetAsync(id, cancellationToken);
            }

            while (subscription.Events.TryRead(out _))
            {
                // One look answers for all that has gathered.
            }
        }
    }

    /// <summary>Yields the execution as it stands, and then each stored change until it ends. Versions rise; some may be left out for a slow reader.
    /// After the first, the steps are those that changed, as in <see cref="ExecutionEvent.Execution"/>.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async IAsyncEnumerable<Execution> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await FindAsync(id, cancellationToken);
        using var subscription = await _feed.SubscribeAsync(id, cancellationToken);
        var current = await GetAsync(id, cancellationToken);
        yield return current;
        while (!current.Terminal && await subscription.Events.WaitToReadAsync(cancellationToken))
        {
            while (subscription.Events.TryRead(out var stored))
            {
                if (stored.Version > current.Version)
                {
                    current = ExecutionReader.Read(stored).Execution;
                    yield return current;
                }
            }
        }
    }

    /// <summary>Asks for the execution to be cancelled; the outcome is what the platform then reports.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFinishedException">It has ended already.</exception>
    /// <exception cref="CommandNotSupportedException">The platform cannot cancel.</exception>
    public Task<Execution> CancelAsync(string id, string? reason = null, CancellationToken cancellationToken = default) =>
        CommandAsync(id, grain => grain.CancelAsync(reason), cancellationToken);

    /// <summary>Stops the watching.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFinishedException">It has ended otherwise.</exception>
    public Task<Execution> AbandonAsync(string id, string? reason = null, CancellationToken cancellationToken = default) =>
        CommandAsync(id, grain => grain.AbandonAsync(reason), cancellationToken);

    /// <summary>Asks the platform to run a finished execution again, as its next attempt.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionConflictException">It has not ended, or it succeeded.</exception>
    /// <exception cref="CommandNotSupportedException">The platform cannot retry.</exception>
    public Task<Execution> RetryAsync(string id, CancellationToken cancellationToken = default) =>
        CommandAsync(id, grain => grain.RetryAsync(), cancellationToken);

    /// <summary>Hints that polling an execution now would pay.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public Task<Execution> NudgeAsync(string id, CancellationToken cancellationToken = default) => CommandAsync(
        id,
        async grain =>
        {
            await grain.NudgeAsync();
            return await grain.GetAsync();
        },
        cancellationToken);

    /// <summary>Hints that polling a run now would pay; tells nobody whether it is watched.</summary>
    public async Task NudgeAsync(string connection, string remoteId, CancellationToken cancellationToken = default)
    {
        if (await _reader.FindByRemoteIdAsync(connection, remoteId, cancellationToken) is { } execution)
        {
            await NudgeAsync(execution.Id, cancellationToken);
        }
    }

    /// <summary>Returns all that is wrong with a start: by Vigil's own rules, and by the platform's where the connection is known.</summary>
    internal ImmutableArray<FieldError> Check(StartRequest request)
    {
        var errors = RequestRules.Check(request);
        if (!_connections.TryGet(request.Connection, out var connection))
        {
            return errors;
        }

        // The platform judges what Vigil could read; what is wrong already is not told twice.
        var readable = errors.Any(error => error.Field == "input") ? request with { Input = null } : request;
        return Merge(errors, connection.Connection.Check(ToStart(readable)));
    }

    /// <summary>Returns all that is wrong with an adoption.</summary>
    internal ImmutableArray<FieldError> Check(AdoptRequest request) =>
        request.Target is { } target && _connections.TryGet(request.Connection, out var connection) && !connection.Platform.TargetKinds.Contains(target.Kind)
            ? RequestRules.Check(request).Add(new("target.kind", $"must be one of: {string.Join(", ", connection.Platform.TargetKinds)}."))
            : RequestRules.Check(request);

    private static ImmutableArray<FieldError> Merge(ImmutableArray<FieldError> first, ImmutableArray<FieldError> second) =>
        first.AddRange(second.Where(error => first.All(other => other.Field != error.Field)));

    private async Task<Execution> CommandAsync(string id, Func<IExecutionGrain, Task<Execution>> command, CancellationToken cancellationToken)
    {
        // An unknown id is answered from the store and activates nothing.
        await FindAsync(id, cancellationToken);
        return await _calls.CallAsync(() => command(GrainOf(id)), cancellationToken);
    }

    private async Task<Execution> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!RequestRules.IsId(id))
        {
            throw new InvalidRequestException([new("id", RequestRules.IdShape + ".")]);
        }

        return await _reader.FindAsync(id, cancellationToken) ?? throw new ExecutionNotFoundException(id);
    }

    private IExecutionGrain GrainOf(string id) => _grains.GetGrain<IExecutionGrain>(id);

    private async Task<Observation> LookAsync(AdoptRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.LookAsync(request.Connection, request.RemoteId, request.Target, cancellationToken)
                ?? throw new RemoteRunNotFoundException(request.Connection, request.RemoteId);
        }
        catch (PlatformException e)
        {
            throw new PlatformUnavailableException(request.Connection, e.Message, e.Error.RetryAfter);
        }
    }

    private static StartExecution ToStart(StartRequest request) => new()
    {
        Connection = request.Connection,
        Target = request.Target,
        Input = request.Input,
        Metadata = request.Metadata,
        Deadline = request.Deadline,
        CancelOnAbandon = request.CancelOnAbandon,
        Subscribers = request.Subscribers,
        RequestHash = "",
    };

    private static AdoptExecution ToAdopt(AdoptRequest request) => new()
    {
        Connection = request.Connection,
        RemoteId = request.RemoteId,
        Target = request.Target,
        Metadata = request.Metadata,
        Deadline = request.Deadline,
        CancelOnAbandon = request.CancelOnAbandon,
        Subscribers = request.Subscribers,
    };

    private string NewId() => Guid.CreateVersion7(_time.GetUtcNow()).ToString();

    // Two adoptions of one run meet in one grain, so that only one of them makes an execution.
    private static string AdoptedId(AdoptRequest request) => "adopted-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Connection}\n{request.RemoteId}")).AsSpan(0, 16));
}
