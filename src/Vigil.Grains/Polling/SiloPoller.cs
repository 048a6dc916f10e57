using System.Collections.Concurrent;

namespace Vigil.Grains.Polling;

/// <summary>The pollers of a silo, one per connection, each made when it is first used.</summary>
internal sealed class SiloPoller : ISiloPoller, ILifecycleParticipant<ISiloLifecycle>, IDisposable
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

    public void Watch(ExecutionState state) => Of(state.Connection).Watch(state);

    public void Forget(string connection, string executionId) => Find(connection)?.Forget(executionId);

    public void QueueSubmission(string connection, string executionId, DateTimeOffset? notBefore) =>
        Of(connection).QueueSubmission(executionId, notBefore);

    public void LookForMarker(string connection, RunRequest request) => Of(connection).LookForMarker(request);

    public void PollAlone(ExecutionState state, DateTimeOffset notBefore) => Of(state.Connection).PollAlone(state, notBefore);

    public void Cancel(ExecutionState state, string? reason) => Of(state.Connection).Cancel(state, reason);

    public void FetchDetail(ExecutionState state) => Of(state.Connection).FetchDetail(state);

    public void Nudge(string connection, string executionId) => Of(connection).Nudge(executionId);

    public Task<Observation?> LookAsync(string connection, string remoteId, ExecutionTarget? target, CancellationToken cancellationToken) =>
        Of(connection).LookAsync(remoteId, target, cancellationToken);

    public bool Knows(string connection, string executionId) => Find(connection)?.Knows(executionId) ?? false;

    public bool HoldsStart(string connection, string executionId) => Find(connection)?.HoldsStart(executionId) ?? false;

    public WatchStatus? StatusOf(string connection, string executionId) => Find(connection)?.StatusOf(executionId);

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
