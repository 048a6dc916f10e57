using Vigil.Grains.Polling.Errands;
using Vigil.Grains.Polling.Plans;
using Vigil.Grains.Polling.Requests;
using Vigil.Grains.Polling.Starts;
using Vigil.Platforms;

namespace Vigil.Grains.Polling;

/// <summary>
/// The poller of one connection on this silo: one loop that sends what is due as far as the budget and the connection's health allow. Everything
/// it is handed is put down under the gate, and the loop is rung; nothing is sent from within the hander's turn.
/// </summary>
internal sealed class ConnectionPoller : IDisposable
{
    private const int MostRequestsAtOnce = 128;
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(20);

    private readonly ConnectionScope _scope;
    private readonly Suspension _suspension;
    private readonly CredentialProbe _probe;
    private readonly IPollPlan _plan;
    private readonly Watching _watching;
    private readonly RunAsker _asker;
    private readonly ErrandDesk _errands;
    private readonly ErrandMaker _errandsOf;
    private readonly StartQueue _starts;
    private readonly Submitter _submitter;
    private int _requests;

    public ConnectionPoller(PlatformConnection connection, PollerServices services, GrainCalls calls)
    {
        _scope = new(connection, services);
        _suspension = new(_scope);
        var requests = new PlatformRequests(_scope, _suspension);
        _probe = new(_scope, requests);
        var caller = new PlatformCaller(_scope, requests, _probe, _suspension);
        var timing = new RunTiming(connection, _scope.Clock, services.Random);
        _plan = PollPlans.Of(connection.Capabilities, _scope.Schedule, timing);
        _watching = new(_scope, _plan, timing, new RunReports(_scope, calls));
        _asker = new(_scope, caller, _watching, _plan);
        _errands = new(_scope, calls);
        _errandsOf = new(_scope, caller);
        _starts = new(_scope);
        _submitter = new(_scope, caller, calls, _starts);
    }

    public void Start()
    {
        _scope.Run(_suspension.RunAsync);
        _scope.Run(RunAsync);
    }

    public void Watch(WatchedRun run) => Change(() => _watching.Watch(run));

    public void Forget(string executionId) => Change(() =>
    {
        _watching.Forget(executionId);
        _errands.Forget(executionId);
        _starts.Forget(executionId);
    });

    public void QueueSubmission(string executionId, DateTimeOffset? notBefore) => Change(() => _starts.Add(executionId, At(notBefore)));

    public void LookForMarker(RunRequest request) => Add(_errandsOf.Marker(request));

    public void PollAlone(WatchedRun run, DateTimeOffset notBefore) => Add(_errandsOf.PollAlone(run), notBefore);

    public void Cancel(WatchedRun run, string? reason) => Add(_errandsOf.Cancel(run, reason));

    public void FetchDetail(WatchedRun run) => Add(_errandsOf.Detail(run));

    public void Nudge(string executionId) => Change(() =>
    {
        if (_scope.Runs.TryGet(executionId, out var entry))
        {
            _watching.Nudge(entry);
        }
    });

    public Task<Observation?> LookAsync(string remoteId, ExecutionTarget? target, CancellationToken cancellationToken)
    {
        lock (_scope.Gate)
        {
            if (_suspension.Reason is { } reason)
            {
                // Whoever looks waits for the answer; the suspension may last for hours.
                throw new PlatformException(new(PlatformErrorKind.Transient, "connection_suspended", $"The connection is suspended: {reason}."));
            }
        }

        var answer = new TaskCompletionSource<Observation?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(_errandsOf.Look(remoteId, target, answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    public bool Knows(string executionId)
    {
        lock (_scope.Gate)
        {
            return _scope.Runs.TryGet(executionId, out _) || _starts.Knows(executionId) || _errands.Knows(executionId);
        }
    }

    public WatchStatus? StatusOf(string executionId)
    {
        lock (_scope.Gate)
        {
            if (!_scope.Runs.TryGet(executionId, out var entry))
            {
                return null;
            }

            DateTimeOffset? next = entry.IsWaiting && !_suspension.IsSuspended ? _scope.Clock.UtcNow + (entry.Due - _scope.Clock.Now) : null;
            return new(next, entry.ObservedAt, entry.Progress, entry.Polls, entry.Requests);
        }
    }

    public ConnectionReport Report()
    {
        lock (_scope.Gate)
        {
            var needed = TimeSpan.FromMinutes((double)_scope.Runs.Count / _plan.RunsPerRequest / _scope.Polls.PerMinute);
            var cadence = _scope.Connection.Cadence;
            return new(
                _scope.Name,
                _scope.Runs.Count,
                _starts.Count,
                needed > cadence ? needed : cadence,
                _scope.Polls.PerMinute,
                _suspension.Reason,
                _scope.LastError is { } error ? $"{error.Code}: {error.Message}" : null);
        }
    }

    /// <summary>Sends nothing new, waits for the answers to starts that are on their way, and stops.</summary>
    public async Task StopAsync()
    {
        _scope.Drain();
        Task idle;
        lock (_scope.Gate)
        {
            idle = _starts.WhenIdle();
        }

        try
        {
            await idle.WaitAsync(LongestDrain, _scope.Services.Time);
        }
        catch (TimeoutException)
        {
            _scope.Services.Log.DrainTimedOut(_scope.Name, LongestDrain);
        }

        _scope.Stop();
    }

    public void Dispose()
    {
        _suspension.Dispose();
        _scope.Dispose();
    }

    private TimeSpan At(DateTimeOffset? moment) => moment is { } value ? _scope.Clock.At(value) : _scope.Clock.Now;

    private void Add(Errand errand, DateTimeOffset? notBefore = null) => Change(() => _errands.Add(errand, At(notBefore)));

    private void Change(Action change)
    {
        lock (_scope.Gate)
        {
            change();
        }

        _scope.Alarm.Ring();
    }

    private async Task RunAsync()
    {
        await using var stop = _scope.Draining.Register(_scope.Alarm.Ring);
        while (!_scope.Draining.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = SendAllThatMayGo();
            }
            catch (Exception e)
            {
                _scope.Services.Instruments.Faulted(_scope.Name);
                _scope.Services.Log.WorkFaulted(e, _scope.Name);
                wait = PauseAfterFault;
            }

            await _scope.Alarm.WaitAsync(wait);
        }
    }

    private TimeSpan SendAllThatMayGo()
    {
        while (true)
        {
            Func<Task>? request;
            TimeSpan wait;
            lock (_scope.Gate)
            {
                request = TakeNext(out wait);
            }

            if (request is null)
            {
                return wait;
            }

            _scope.Run(request);
        }
    }

    private Func<Task>? TakeNext(out TimeSpan wait)
    {
        var now = _scope.Clock.Now;
        switch (_suspension.Ask(now, out wait))
        {
            case Leave.None:
                return null;
            case Leave.OneProbe:
                _suspension.Probe();
                return ProbeAsync;
        }

        if (_starts.TryTake(now, out var startWait) is { } start)
        {
            return () => _submitter.SubmitAsync(start);
        }

        var request = TakeRequest(now, out wait);
        wait = startWait < wait ? startWait : wait;
        return request;
    }

    private Func<Task>? TakeRequest(TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.MaxValue;
        while (_requests < MostRequestsAtOnce && _scope.Schedule.NextDue is { } due)
        {
            wait = due - now;
            if (wait > TimeSpan.Zero || !_scope.Polls.TryTake(now, out wait))
            {
                return null;
            }

            switch (_scope.Schedule.TakeDue(now))
            {
                case WatchedEntry { InFlight: >= WatchedEntry.MostInFlight } entry:
                    Watching.HoldBack(entry);
                    _scope.Polls.Return();
                    break;
                case WatchedEntry entry:
                    return Ask(_plan.Fill(entry, now));
                case Errand errand:
                    return Counted(() => _errands.RunAsync(errand));
            }

            wait = TimeSpan.MaxValue;
        }

        return null;
    }

    private async Task ProbeAsync()
    {
        var result = ProbeResult.Unknown;
        try
        {
            result = await _probe.AskAsync();
        }
        finally
        {
            lock (_scope.Gate)
            {
                _suspension.EndProbe(result);
            }

            _scope.Alarm.Ring();
        }
    }

    private Func<Task> Ask(List<WatchedEntry> batch)
    {
        var asked = new AskedRun[batch.Count];
        for (var i = 0; i < asked.Length; i++)
        {
            asked[i] = _watching.Send(batch[i]);
        }

        return Counted(() => _asker.AskAsync(asked));
    }

    private Func<Task> Counted(Func<Task> request)
    {
        _requests++;
        return async () =>
        {
            try
            {
                await request();
            }
            finally
            {
                lock (_scope.Gate)
                {
                    _requests--;
                }

                _scope.Alarm.Ring();
            }
        };
    }
}
