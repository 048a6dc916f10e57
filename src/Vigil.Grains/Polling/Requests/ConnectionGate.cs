namespace Vigil.Grains.Polling.Requests;

/// <summary>
/// Decides whether the connection may send. A refused credential suspends the connection for the whole cluster, through its grain; probes at growing
/// intervals resume it automatically. Only an operator can end an operator's pause. A background task keeps this gate and the grain in sync.
/// </summary>
internal sealed class ConnectionGate(ConnectionScope scope) : IDisposable
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly Backoff Failures = new(TimeSpan.FromSeconds(1), SyncInterval * 2);
    private static readonly Backoff Probes = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)) { MinJitter = 0.9, MaxJitter = 1.1 };

    private readonly AsyncSignal _signal = new(scope.Services.Time);

    // Nothing is sent before the grain was read once, since an operator's pause survives restarts.
    private bool _known;
    private Notice _notice;
    private int _changes;
    private TimeSpan _since;
    private TimeSpan _probeAt;
    private int _refusals;
    private bool _probing;

    private enum Notice
    {
        None,
        Suspended,
        Resumed,
    }

    /// <summary>Gets why the connection is suspended; null if it is not.</summary>
    public string? Reason { get; private set; }

    public bool IsSuspended => Reason is not null;

    /// <summary>Gets when the connection was last suspended.</summary>
    public TimeSpan Since => _since;

    /// <summary>Returns what may be sent now and, if nothing, how long to wait.</summary>
    public SendDecision Decide(TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.MaxValue;
        if (_known && !IsSuspended)
        {
            return SendDecision.Granted;
        }

        if (!_known || Reason != SuspensionReasons.CredentialRefused || _probing)
        {
            return SendDecision.None;
        }

        wait = _probeAt - now;
        return wait > TimeSpan.Zero ? SendDecision.None : SendDecision.OneProbe;
    }

    /// <summary>Records that a probe is in flight.</summary>
    public void Probe() => _probing = true;

    /// <summary>Records the probe's result; after each failure the next probe is later.</summary>
    public void EndProbe(ProbeResult result)
    {
        _probing = false;
        if (Reason != SuspensionReasons.CredentialRefused)
        {
            return;
        }

        if (result is ProbeResult.Accepted or ProbeResult.RunsOnly or ProbeResult.Unsupported)
        {
            // If probing is not supported, the next request serves as the probe.
            Resume();
            return;
        }

        _refusals++;
        PlanProbe();
    }

    /// <summary>Records a successful request. A request sent before the suspension proves nothing about the current credential.</summary>
    public void Accept(TimeSpan sent)
    {
        if (Reason == SuspensionReasons.CredentialRefused && sent > _since)
        {
            Resume();
        }
    }

    public void Refuse()
    {
        if (!IsSuspended)
        {
            Close(SuspensionReasons.CredentialRefused, Notice.Suspended);
            scope.Services.Log.ConnectionSuspended(scope.Name, SuspensionReasons.CredentialRefused);
        }
    }

    /// <summary>Synchronizes with the connection's grain until the silo stops.</summary>
    public async Task RunAsync()
    {
        await using var stop = scope.Draining.Register(_signal.Set);
        var failures = 0;
        while (!scope.Draining.IsCancellationRequested)
        {
            try
            {
                await SynchronizeAsync();
                failures = 0;
            }
            catch (Exception e) when (e is not OperationCanceledException || !scope.Draining.IsCancellationRequested)
            {
                failures++;
                scope.Services.Log.ConnectionGrainFailed(e, scope.Name);
                lock (scope.Lock)
                {
                    // An unreachable grain must not block the connection.
                    _known = true;
                }

                scope.Signal.Set();
            }

            await _signal.WaitAsync(failures == 0 ? SyncInterval : Failures.Delay(failures, scope.Services.Random));
        }
    }

    public void Dispose() => _signal.Dispose();

    private async Task SynchronizeAsync()
    {
        Notice notice;
        int changes;
        lock (scope.Lock)
        {
            (notice, changes) = (_notice, _changes);
        }

        var grain = scope.Services.Grains.Connection(scope.Name);
        var health = await Bounded(notice == Notice.Suspended ? grain.SuspendAsync(SuspensionReasons.CredentialRefused) : grain.GetAsync());
        if (notice == Notice.Resumed && health is { Suspended: true, Reason: SuspensionReasons.CredentialRefused })
        {
            health = await Bounded(grain.ResumeAsync());
        }

        lock (scope.Lock)
        {
            if (changes == _changes)
            {
                _notice = Notice.None;
                Apply(health);
            }
        }

        scope.Signal.Set();
    }

    // Calls to a silo that has just crashed would otherwise delay the first request for the whole call timeout.
    private Task<ConnectionHealth> Bounded(Task<ConnectionHealth> call) => call.WaitAsync(CallTimeout, scope.Services.Time);

    private void Apply(ConnectionHealth health)
    {
        _known = true;
        if (health.Suspended && Reason != (health.Reason ?? "suspended"))
        {
            Close(health.Reason ?? "suspended", Notice.None);
            scope.Services.Log.ConnectionSuspended(scope.Name, Reason!);
        }
        else if (!health.Suspended && IsSuspended)
        {
            Open(Notice.None);
            scope.Services.Log.ConnectionResumed(scope.Name);
        }
    }

    private void Close(string reason, Notice notice)
    {
        Reason = reason;
        _since = scope.Clock.Now;
        _refusals = 1;
        PlanProbe();
        Change(notice);
    }

    private void PlanProbe() => _probeAt = scope.Clock.Now + Probes.Delay(_refusals, scope.Services.Random);

    private void Resume()
    {
        Open(Notice.Resumed);
        scope.Services.Log.ConnectionResumed(scope.Name);
    }

    private void Open(Notice notice)
    {
        Reason = null;
        Change(notice);
    }

    private void Change(Notice notice)
    {
        _changes++;
        _notice = notice;
        if (notice != Notice.None)
        {
            _signal.Set();
        }
    }
}

internal enum SendDecision
{
    None,
    OneProbe,
    Granted,
}
