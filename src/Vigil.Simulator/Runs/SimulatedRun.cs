namespace Vigil.Simulator;

/// <summary>A run on a simulated platform.</summary>
public sealed class SimulatedRun
{
    private readonly Lock _lock = new();
    private readonly ulong _seed;
    private RunTimeline _timeline;
    private DateTimeOffset? _cancelledAt;
    private int _attempt = 1;
    private int _cancelRequests;
    private long _polls;

    internal SimulatedRun(string platform, string id, StartedTarget target, RunScript script, DateTimeOffset acceptedAt, ulong seed)
    {
        Platform = platform;
        Id = id;
        Target = target;
        AcceptedAt = acceptedAt;
        _seed = seed;
        _timeline = new RunTimeline(script, acceptedAt, seed);
    }

    /// <summary>Gets the platform that runs it.</summary>
    public string Platform { get; }

    /// <summary>Gets the platform's id.</summary>
    public string Id { get; }

    /// <summary>Gets what was started and its input.</summary>
    public StartedTarget Target { get; }

    /// <summary>Gets when the start was accepted.</summary>
    public DateTimeOffset AcceptedAt { get; }

    /// <summary>Gets the number of the attempt.</summary>
    public int Attempt => Volatile.Read(ref _attempt);

    /// <summary>Gets how many times cancel was requested.</summary>
    public int CancelRequests => Volatile.Read(ref _cancelRequests);

    /// <summary>Gets how many times its status was polled.</summary>
    public long Polls => Interlocked.Read(ref _polls);

    /// <summary>Gets when it was cancelled.</summary>
    public DateTimeOffset? CancelledAt
    {
        get
        {
            lock (_lock)
            {
                return _cancelledAt;
            }
        }
    }

    /// <summary>Gets when the current attempt ends, or ended, unless it is cancelled.</summary>
    public DateTimeOffset EndsAt
    {
        get
        {
            lock (_lock)
            {
                return _cancelledAt < _timeline.EndsAt ? _cancelledAt.Value : _timeline.EndsAt;
            }
        }
    }

    /// <summary>Gets the script of the current attempt.</summary>
    public RunScript Script
    {
        get
        {
            lock (_lock)
            {
                return _timeline.Script;
            }
        }
    }

    /// <summary>Gets or sets the callback that is called when a command changes how it continues.</summary>
    internal Action<SimulatedRun>? Changed { get; set; }

    /// <summary>Returns its actual state, ignoring faults.</summary>
    public RunState At(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _timeline.At(now, _cancelledAt) with { AcceptedAt = AcceptedAt };
        }
    }

    /// <summary>Returns its actual phase, without the cost of its steps, for filtering long lists.</summary>
    internal RunPhase PhaseAt(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _timeline.PhaseAt(now, _cancelledAt);
        }
    }

    /// <summary>Replaces its script, as if the attempt had started with it at the given time: at its actual start, or now.</summary>
    public void Rewrite(RunScript script, DateTimeOffset from)
    {
        ArgumentNullException.ThrowIfNull(script);
        lock (_lock)
        {
            _timeline = new RunTimeline(script, from, _seed);
        }

        Changed?.Invoke(this);
    }

    /// <summary>Returns the next time at which something begins or ends; null if there is none.</summary>
    internal DateTimeOffset? NextChangeAfter(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _cancelledAt is null ? _timeline.NextChangeAfter(now) : null;
        }
    }

    /// <summary>Cancels it; returns false if it has already ended.</summary>
    internal bool TryCancel(DateTimeOffset now)
    {
        lock (_lock)
        {
            _cancelRequests++;
            if (_cancelledAt is not null || _timeline.EndsAt <= now)
            {
                return false;
            }

            _cancelledAt = now;
        }

        Changed?.Invoke(this);
        return true;
    }

    /// <summary>Runs it again under the same id; returns false if it has not ended.</summary>
    /// <param name="now">When it begins again.</param>
    /// <param name="again">Adjusts the script of the new attempt, given the state of the last one.</param>
    internal bool TryRetry(DateTimeOffset now, Func<RunScript, RunState, RunScript>? again = null)
    {
        lock (_lock)
        {
            if ((_cancelledAt ?? _timeline.EndsAt) > now)
            {
                return false;
            }

            var script = _timeline.Script.Retry ?? WithoutFailures(_timeline.Script);
            script = again?.Invoke(script, _timeline.At(now, _cancelledAt)) ?? script;
            _attempt++;
            _cancelledAt = null;
            _timeline = new RunTimeline(script, now, _seed + (ulong)_attempt);
        }

        Changed?.Invoke(this);
        return true;
    }

    internal void CountPoll() => Interlocked.Increment(ref _polls);

    private static RunScript WithoutFailures(RunScript script) => script with
    {
        Outcome = RunOutcome.Succeeded,
        Steps = [.. script.Steps.Select(step => step with { Fails = false })],
    };
}

/// <summary>What was started and its input.</summary>
/// <param name="Kind">The platform's kind of target.</param>
/// <param name="Id">The target's id.</param>
/// <param name="Version">Its version, if there is one.</param>
/// <param name="Input">The input as JSON text.</param>
/// <param name="Marker">What identifies the start to its sender, if it contains that.</param>
/// <param name="Extra">Other values of the start that the platform returns, as JSON text of an object.</param>
public sealed record StartedTarget(
    string Kind, string Id, string? Version = null, string? Input = null, string? Marker = null, string? Extra = null);
