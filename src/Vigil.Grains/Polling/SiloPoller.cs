using System.Collections.Concurrent;
using Vigil.Grains.Polling.Requests;

namespace Vigil.Grains.Polling;

/// <summary>
/// The silo's access to the platforms, with one poller per connection, created on first use. Calls by grains return at once and are idempotent; results
/// come back as calls of <see cref="IWatchedExecution"/>. Only <see cref="LookAsync"/> and <see cref="ListRunsAsync"/> wait for the platform.
/// </summary>
internal sealed class SiloPoller : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly PlatformConnections _connections;
    private readonly PollerServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private readonly GrainCalls _calls;
    private readonly ConcurrentDictionary<string, Lazy<ConnectionPoller>> _pollers = new(StringComparer.Ordinal);
    private volatile bool _stopping;

    public SiloPoller(PlatformConnections connections, PollerServices services)
    {
        _connections = connections;
        _services = services;
        _calls = new(services, _stopped.Token);
    }

    /// <summary>Gets a value indicating whether the silo holds its claim on the store; without it, nothing is polled or started.</summary>
    public bool MayAct => _services.MayAct();

    /// <summary>Gets how long the platform must not return a run, while it finds other things, before the run is lost.</summary>
    public TimeSpan NotFoundConfirmation => _services.Options.NotFoundConfirmation;

    /// <summary>Stops before the grains do, so that the answers to starts in flight still reach them.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SiloPoller), ServiceLifecycleStage.Active, _ => Task.CompletedTask, StopAsync);

    /// <summary>Ensures that the run is tracked and polled at its cadence.</summary>
    public void Watch(ExecutionState state) => Of(state.Connection).Watch(state);

    /// <summary>
    /// Drops all polls, one-off requests and queued starts of the execution. The answer to a start or retry that is already claimed is still reported, because
    /// only this silo can know it.
    /// </summary>
    public void Forget(string connection, string executionId) => Find(connection)?.Forget(executionId);

    /// <summary>Queues a start or retry: once there is a slot, it is claimed (<see cref="IWatchedExecution.ClaimAsync"/>), sent and reported.</summary>
    public void QueueSubmission(string connection, string executionId, DateTimeOffset? notBefore) =>
        Of(connection).QueueSubmission(executionId, notBefore);

    /// <summary>Searches for the marker of an ambiguous start until it is found or the execution is forgotten, and reports the results.</summary>
    public void LookForMarker(string connection, RunRequest request) => Of(connection).LookForMarker(request);

    /// <summary>Polls this run once, alone.</summary>
    public void PollAlone(ExecutionState state) => Of(state.Connection).PollAlone(state);

    /// <summary>Sends a cancellation and reports the answer; transient failures are retried.</summary>
    public void Cancel(ExecutionState state, string? reason) => Of(state.Connection).Cancel(state, reason);

    /// <summary>Fetches the full answer and reports it; transient failures are retried.</summary>
    public void FetchDetail(ExecutionState state) => Of(state.Connection).FetchDetail(state);

    /// <summary>Handles a hint that the run may have changed. Hints cause at most one poll per quarter cadence.</summary>
    public void Nudge(string connection, string executionId) => Of(connection).Nudge(executionId);

    /// <summary>Polls a run once that no execution watches yet; returns null if the platform does not know it.</summary>
    /// <exception cref="PlatformException">The platform did not return a usable answer.</exception>
    public Task<Observation?> LookAsync(string connection, string remoteId, ExecutionTarget? target, CancellationToken cancellationToken) =>
        Of(connection).LookAsync(remoteId, target, cancellationToken);

    /// <summary>Reads one page of the platform's own list of runs.</summary>
    /// <exception cref="PlatformException">The platform did not return a usable answer.</exception>
    public Task<Reply<RunPage>> ListRunsAsync(string connection, RunFilter filter, string? cursor, int pageSize, CancellationToken cancellationToken) =>
        Of(connection).ListRunsAsync(filter, cursor, pageSize, cancellationToken);

    /// <summary>Returns whether this silo tracks the execution or has work queued for it.</summary>
    public bool Knows(string connection, string executionId) => Find(connection)?.Knows(executionId) ?? false;

    /// <summary>Returns whether this silo is sending the execution's start or retry, or has not reported its outcome yet.</summary>
    public bool HoldsStart(string connection, string executionId) => Find(connection)?.HoldsStart(executionId) ?? false;

    /// <summary>Returns whether this silo has seen the run's end and is still reporting it.</summary>
    public bool HoldsEnd(string connection, string executionId) => Find(connection)?.HoldsEnd(executionId) ?? false;

    /// <summary>Returns when the execution will be polled next and what was seen last, stored or not.</summary>
    public WatchStatus? StatusOf(string connection, string executionId) => Find(connection)?.StatusOf(executionId);

    public ConnectionReport ReportOf(string connection) => Of(connection).Report();

    /// <summary>
    /// Stops polling and claiming at once, waits for the answers to starts in flight, and stops. If the caller cancels the wait, these starts are left as
    /// after a crash.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        _stopping = true;
        try
        {
            await Task.WhenAll(_pollers.Values.Select(poller => poller.Value.StopAsync())).WaitAsync(cancellationToken);
        }
        finally
        {
            _stopped.Cancel();
        }
    }

    public void Dispose()
    {
        foreach (var poller in _pollers.Values)
        {
            poller.Value.Dispose();
        }

        _calls.Dispose();
        _stopped.Dispose();
    }

    private ConnectionPoller Of(string connection) => PollerOf(_connections.Get(connection));

    // A connection may have been removed from the configuration while it still has executions.
    private ConnectionPoller? Find(string connection) => _connections.TryGet(connection, out var found) ? PollerOf(found) : null;

    private ConnectionPoller PollerOf(PlatformConnection connection) =>
        _pollers.GetOrAdd(connection.Name, static (_, use) => new(() => use.Silo.Open(use.Connection)), (Silo: this, Connection: connection)).Value;

    private ConnectionPoller Open(PlatformConnection connection)
    {
        var poller = new ConnectionPoller(connection, _services, _calls);
        if (!_stopping)
        {
            poller.Start();
        }

        return poller;
    }
}
