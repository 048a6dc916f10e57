namespace Vigil.Grains.Polling.Requests;

/// <summary>
/// Whether the connection may send. A refused credential suspends it for the whole cluster, visibly, through its grain; one probe at growing
/// intervals resumes it by itself. An operator's pause is honoured and ended by nobody else. Its own task keeps it and the grain in step.
/// </summary>
internal sealed class ConnectionGate(ConnectionScope scope) : IDisposable
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly Backoff Failures = new(TimeSpan.FromSeconds(1), AskEvery * 2);
    private static readonly Backoff Probes = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)) { MinJitter = 0.9, MaxJitter = 1.1 };

    private readonly AsyncSignal _signal = new(scope.Services.Time);

    // The connection sends nothing before its grain was asked once: an operator's pause outlives a silo.
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

    /// <summary>Gets why nothing is sent; null where requests are.</summary>
    public string? Reason { get; private set; }

    public bool IsSuspended => Reason is not null;

    /// <summary>Tells what may be sent now, and where it is nothing, how long to wait.</summary>
    public SendDecision Ask(TimeSpan now, out TimeSpan wait)
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

    /// <summary>Records that the one probe is in flight.</summary>
    public void Probe() => _probing = true;

    /// <summary>Records the probe's result; the next probe is further away.</summary>
    public void EndProbe(ProbeResult result)
    {
        _probing = false;
        if (Reason != SuspensionReasons.CredentialRefused)
        {
            return;
        }

        if (result is ProbeResult.Accepted or ProbeResult.Unsupported)
        {
            // Where there is nothing to probe with, the next request is the probe.
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

    /// <summary>Records that the credential was refused.</summary>
    public void Refuse()
    {
        if (!IsSuspended)
        {
            Close(SuspensionReasons.CredentialRefused, Notice.Suspended);
            scope.Services.Log.ConnectionSuspended(scope.Name, SuspensionReasons.CredentialRefused);
        }
    }

    /// <summary>Keeps this silo and the connection's grain in step, until the silo stops.</summary>
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
                    // A grain that cannot be reached stops no connection.
                    _known = true;
                }

                scope.Signal.Set();
            }

            await _signal.WaitAsync(failures == 0 ? AskEvery : Failures.Delay(failures, scope.Services.Random));
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

    // A silo that just died must not hold the first request back for as long as a call may take.
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

/// <summary>What a connection may send.</summary>
internal enum SendDecision
{
    None,
    OneProbe,
    Granted,
}
