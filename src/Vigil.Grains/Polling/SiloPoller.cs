using System.Collections.Concurrent;

namespace Vigil.Grains.Polling;

/// <summary>
/// The silo's way to the platforms: one poller per connection behind it, made when it is first used. Grains hand work over and go on at once; nothing here is awaited
/// by a grain turn but <see cref="LookAsync"/>, and that only by an interleaving one. What the platform says comes back as calls of
/// <see cref="IWatchedExecution"/>. Repeating a hand-over has no further effect.
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

    /// <summary>Stops before the grains do, so that the answers to starts on their way still reach them.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SiloPoller), ServiceLifecycleStage.Active, _ => Task.CompletedTask, StopAsync);

    /// <summary>Makes sure that the run is known and that a poll is due within its cadence.</summary>
    public void Watch(ExecutionState state) => Of(state.Connection).Watch(state);

    /// <summary>
    /// Forgets the execution: polls, queued submission, cancellations, all of it. The answer to a start or retry that has already been claimed
    /// is still reported, because nobody else can know it.
    /// </summary>
    public void Forget(string connection, string executionId) => Find(connection)?.Forget(executionId);

    /// <summary>Waits for a slot, then claims (<see cref="IWatchedExecution.ClaimAsync"/>), sends and reports.</summary>
    public void QueueSubmission(string connection, string executionId, DateTimeOffset? notBefore) =>
        Of(connection).QueueSubmission(executionId, notBefore);

    /// <summary>Looks for the marker of an ambiguous start until it is found or the time is up; each look is reported.</summary>
    public void LookForMarker(string connection, RunRequest request) => Of(connection).LookForMarker(request);

    /// <summary>Asks for this run by itself, not before a time.</summary>
    public void PollAlone(ExecutionState state, DateTimeOffset notBefore) => Of(state.Connection).PollAlone(state, notBefore);

    /// <summary>Passes a cancellation on and reports the answer; transient failures are repeated.</summary>
    public void Cancel(ExecutionState state, string? reason) => Of(state.Connection).Cancel(state, reason);

    /// <summary>Fetches the full answer and reports it; transient failures are repeated.</summary>
    public void FetchDetail(ExecutionState state) => Of(state.Connection).FetchDetail(state);

    /// <summary>Handles a hint that polling now would pay. Hints are merged to one per quarter cadence.</summary>
    public void Nudge(string connection, string executionId) => Of(connection).Nudge(executionId);

    /// <summary>Asks once about a run that no execution watches yet; null where the platform does not know it.</summary>
    /// <exception cref="PlatformException">The platform gave no usable answer.</exception>
    public Task<Observation?> LookAsync(string connection, string remoteId, ExecutionTarget? target, CancellationToken cancellationToken) =>
        Of(connection).LookAsync(remoteId, target, cancellationToken);

    /// <summary>Tells whether the silo watches this execution or holds work for it; what the audit asks.</summary>
    public bool Knows(string connection, string executionId) => Find(connection)?.Knows(executionId) ?? false;

    /// <summary>Tells whether the execution's start or retry is being sent here, or how that went could not be reported yet.</summary>
    public bool HoldsStart(string connection, string executionId) => Find(connection)?.HoldsStart(executionId) ?? false;

    /// <summary>Tells when the execution will be polled next and what was seen last, stored or not.</summary>
    public WatchStatus? StatusOf(string connection, string executionId) => Find(connection)?.StatusOf(executionId);

    /// <summary>Tells where a connection stands on this silo.</summary>
    public ConnectionReport ReportOf(string connection) => Of(connection).Report();

    /// <summary>
    /// Stops polling and claiming at once, waits for the answers to starts that are on their way, and stops. A caller that cannot wait that long cancels:
    /// what is on its way then is as after a crash.
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

    // A connection may have gone from the configuration while there are executions of it.
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
