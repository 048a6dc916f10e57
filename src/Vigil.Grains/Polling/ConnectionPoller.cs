using Vigil.Grains.Polling.OneOffs;
using Vigil.Grains.Polling.Plans;
using Vigil.Grains.Polling.Requests;
using Vigil.Grains.Polling.Starts;

namespace Vigil.Grains.Polling;

/// <summary>
/// The poller of one connection on this silo. Calls only record the work under the connection's lock and signal the loop; no request is sent within the
/// turn of the calling grain.
/// </summary>
internal sealed partial class ConnectionPoller : IDisposable
{
    private readonly ConnectionScope _scope;
    private readonly ConnectionGate _gate;
    private readonly IPollPlan _plan;
    private readonly PollHealth _health;
    private readonly RunTracker _tracker;
    private readonly OneOffQueue _oneOffs;
    private readonly OneOffRequests _oneOffRequests;
    private readonly StartQueue _starts;
    private readonly PushListeners _pushes;
    private readonly RequestLoop _loop;

    public ConnectionPoller(PlatformConnection connection, PollerServices services, GrainCalls calls)
    {
        _scope = new(connection, services);
        _gate = new(_scope);
        _pushes = new(_scope);
        _starts = new(_scope);
        _oneOffs = new(_scope, calls);

        var client = new PlatformClient(_scope, _gate);
        _oneOffRequests = new(_scope, client);

        var timing = new RunTiming(_scope);
        _health = new(_scope);
        var listPlan = connection.Capabilities is { MaxActivePage: > 0, MaxRunsPerPoll: <= 1 } ? new ActiveListPlan(_scope, timing) : null;
        _plan = listPlan is not null ? listPlan : new ByIdPlan(_scope, timing, _health);
        _tracker = new(_scope, _plan, timing, new ReportQueue(_scope, calls), _pushes, _health);
        _pushes.Hinted = _tracker.Nudge;

        var batchPoller = new BatchPoller(_scope, client, _tracker, _plan, new AbsenceProver(_scope, client.Probe, _health));
        if (listPlan is not null)
        {
            var absences = new AbsenceCheck(_scope, _tracker, batchPoller, _oneOffs);
            _oneOffs.Add(new ActiveLister(_scope, client, _tracker, listPlan, absences).OneOffRequest(), _scope.Clock.Now);
        }

        var submitter = new Submitter(_scope, client, calls, _starts);
        _loop = new(_scope, _gate, client.Probe, _plan, _tracker, batchPoller, _oneOffs, _starts, submitter);
    }

    public void Start()
    {
        _scope.Run(_gate.RunAsync);
        _scope.Run(_loop.RunAsync);
    }

    public void Watch(ExecutionState state)
    {
        bool changed;
        lock (_scope.Lock)
        {
            changed = _tracker.Watch(state);
        }

        // Most calls come from the executions' poll timers and change nothing.
        if (changed)
        {
            _scope.Signal.Set();
        }
    }

    public void Forget(string executionId) => Change(() =>
    {
        _tracker.Forget(executionId);
        _oneOffs.Forget(executionId);
        _starts.Forget(executionId);
    });

    public void QueueSubmission(string executionId, DateTimeOffset? notBefore) => Change(() => _starts.Add(executionId, At(notBefore)));

    public void LookForMarker(RunRequest request) => Add(_oneOffRequests.Marker(request));

    public void PollAlone(ExecutionState state) => Add(_oneOffRequests.PollAlone(state));

    public void Cancel(ExecutionState state, string? reason) => Add(_oneOffRequests.Cancel(state, reason));

    public void FetchDetail(ExecutionState state) => Add(_oneOffRequests.Detail(state));

    public void Nudge(string executionId) => Change(() =>
    {
        if (_scope.Runs.TryGet(executionId, out var entry))
        {
            _tracker.Nudge(entry);
        }
    });

    public bool Knows(string executionId)
    {
        lock (_scope.Lock)
        {
            return _scope.Runs.TryGet(executionId, out _) || _starts.Knows(executionId) || _oneOffs.Knows(executionId);
        }
    }

    public bool HoldsStart(string executionId)
    {
        lock (_scope.Lock)
        {
            return _starts.IsBusy(executionId);
        }
    }

    public bool HoldsEnd(string executionId)
    {
        lock (_scope.Lock)
        {
            return _scope.Runs.TryGet(executionId, out var run) && run.Reporting && run.Status.IsTerminal();
        }
    }

    public WatchStatus? StatusOf(string executionId)
    {
        lock (_scope.Lock)
        {
            if (!_scope.Runs.TryGet(executionId, out var entry))
            {
                return null;
            }

            DateTimeOffset? next = _gate.IsSuspended ? null : _scope.Clock.UtcNow + (_plan.NextFor(entry) - _scope.Clock.Now);
            DateTimeOffset? observed = entry.NewestLeftAt < TimeSpan.Zero ? null : _scope.Clock.UtcNow - (_scope.Clock.Now - entry.NewestLeftAt);
            return new(next, observed, entry.Progress, entry.Polls, entry.Requests);
        }
    }

    public ConnectionReport Report()
    {
        lock (_scope.Lock)
        {
            var needed = TimeSpan.FromMinutes((double)_scope.Runs.Count / _plan.RunsPerRequest / _scope.Polls.PerMinute);
            var cadence = _scope.Connection.Cadence;
            return new(
                _scope.Name,
                _scope.Runs.Count,
                _starts.Count,
                needed > cadence ? needed : cadence,
                _scope.Polls.PerMinute,
                _gate.Reason,
                _scope.LastError is { } error ? $"{error.Code}: {error.Message}" : null,
                _starts.Wait,
                _health.Attention,
                _health.FailingSince,
                _scope.Platform.PushStatus);
        }
    }

    /// <summary>Stops sending, waits for the answers to starts in flight, and stops the poller.</summary>
    public async Task StopAsync()
    {
        _scope.Drain();
        Task idle;
        lock (_scope.Lock)
        {
            idle = _starts.WhenIdle();
        }

        var timeout = _scope.Services.Stopping.StartsTimeout;
        try
        {
            await idle.WaitAsync(timeout, _scope.Services.Time);
        }
        catch (TimeoutException)
        {
            _scope.Services.Log.DrainTimedOut(_scope.Name, timeout);
        }

        _scope.Stop();
    }

    public void Dispose()
    {
        _pushes.Dispose();
        _gate.Dispose();
        _scope.Dispose();
    }

    private TimeSpan At(DateTimeOffset? moment) => moment is { } value ? _scope.Clock.At(value) : _scope.Clock.Now;

    private void Add(OneOffRequest oneOff) => Change(() => _oneOffs.Add(oneOff, _scope.Clock.Now));

    private void Change(Action change)
    {
        lock (_scope.Lock)
        {
            change();
        }

        _scope.Signal.Set();
    }
}
