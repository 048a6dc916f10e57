namespace Vigil.Simulator;

/// <summary>A run on a simulated platform.</summary>
public sealed class SimulatedRun
{
    // Serializes changes. Reading needs no lock, because the current attempt is replaced as a whole.
    private readonly Lock _lock = new();
    private readonly RunRecord _start;
    private volatile RunAttempt _current;
    private int _cancelRequests;
    private long _polls;

    internal SimulatedRun(RunRecord record)
    {
        _start = record;
        _current = record.Attempt;
    }

    /// <summary>Gets the platform that runs it.</summary>
    public string Platform => _start.Platform;

    /// <summary>Gets the platform's id.</summary>
    public string Id => _start.Id;

    /// <summary>Gets what was started and its input.</summary>
    public StartedTarget Target => _start.Target;

    /// <summary>Gets when the start was accepted.</summary>
    public DateTimeOffset AcceptedAt => _start.AcceptedAt;

    /// <summary>Gets the number of the attempt.</summary>
    public int Attempt => _current.Number;

    /// <summary>Gets how many times cancel was requested.</summary>
    public int CancelRequests => Volatile.Read(ref _cancelRequests);

    /// <summary>Gets how many times its status was polled.</summary>
    public long Polls => Interlocked.Read(ref _polls);

    /// <summary>Gets when it was cancelled.</summary>
    public DateTimeOffset? CancelledAt => _current.CancelledAt;

    /// <summary>Gets when the current attempt ends, or ended, unless it is cancelled.</summary>
    public DateTimeOffset EndsAt => _current.EndsAt;

    /// <summary>Gets the script of the current attempt.</summary>
    public RunScript Script => _current.Script;

    /// <summary>Gets or sets the callback for changes by commands.</summary>
    internal Action<SimulatedRun>? Changed { get; set; }

    /// <summary>Gets all of it that is kept in a file.</summary>
    internal RunRecord Record => _start with { Attempt = _current };

    /// <summary>Returns its actual state, ignoring faults.</summary>
    public RunState At(DateTimeOffset now) => _current.At(now) with { AcceptedAt = AcceptedAt };

    /// <summary>Returns its actual phase without computing its steps, for filtering long lists.</summary>
    internal RunPhase PhaseAt(DateTimeOffset now) => _current.PhaseAt(now);

    /// <summary>Replaces its script, as if the attempt had started with it at the given time.</summary>
    public void Rewrite(RunScript script, DateTimeOffset from)
    {
        ArgumentNullException.ThrowIfNull(script);
        TryChange(attempt => new RunAttempt(attempt.Number, script, from, attempt.Seed, attempt.CancelledAt));
    }

    /// <summary>Returns the next time at which something begins or ends; null if there is none.</summary>
    internal DateTimeOffset? NextChangeAfter(DateTimeOffset now) => _current.NextChangeAfter(now);

    /// <summary>Cancels it; returns false if it has already ended.</summary>
    public bool TryCancel(DateTimeOffset now)
    {
        Interlocked.Increment(ref _cancelRequests);
        return TryChange(attempt => attempt.CancelledAt is not null || attempt.EndsAt <= now ? null : attempt with { CancelledAt = now });
    }

    /// <summary>Runs it again under the same id; returns false if it has not ended. <paramref name="adjust"/> changes the script of the new attempt, given the last state.</summary>
    public bool TryRetry(DateTimeOffset now, Func<RunScript, RunState, RunScript>? adjust = null) => TryChange(attempt =>
    {
        if (attempt.EndsAt > now)
        {
            return null;
        }

        var script = attempt.Script.Retry ?? WithoutFailures(attempt.Script);
        script = adjust?.Invoke(script, attempt.At(now)) ?? script;
        var number = attempt.Number + 1;
        return new RunAttempt(number, script, now, attempt.Seed + (ulong)number);
    });

    internal void CountPoll() => Interlocked.Increment(ref _polls);

    private bool TryChange(Func<RunAttempt, RunAttempt?> change)
    {
        lock (_lock)
        {
            if (change(_current) is not { } changed)
            {
                return false;
            }

            _current = changed;
        }

        Changed?.Invoke(this);
        return true;
    }

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
/// <param name="Marker">The value by which the sender recognizes its start, if there is one.</param>
/// <param name="Extra">Other values of the start that the platform returns, as a JSON object.</param>
public sealed record StartedTarget(
    string Kind, string Id, string? Version = null, string? Input = null, string? Marker = null, string? Extra = null);
