namespace Vigil.Simulator;

/// <summary>
/// One attempt of a run, planned in advance: when each step begins and ends, and when and how the run ends. The state then follows from the time
/// alone, so runs need no timers.
/// </summary>
internal sealed class RunTimeline
{
    private readonly DateTimeOffset _startsAt;
    private readonly (DateTimeOffset Start, DateTimeOffset End)[] _steps;
    private readonly int _failingStep;
    private readonly RunPhase _endPhase;

    public RunTimeline(RunScript script, DateTimeOffset acceptedAt, ulong seed)
    {
        Script = script;
        _startsAt = acceptedAt + script.Queued.Draw(Dice.Roll(seed, 0));
        _steps = new (DateTimeOffset, DateTimeOffset)[script.Steps.Length];
        _failingStep = -1;
        for (var i = 0; i < _steps.Length; i++)
        {
            var start = StartOf(i);
            _steps[i] = (start, start + script.Steps[i].Duration.Draw(Dice.Roll(seed, (uint)i + 1)));
            if (script.Steps[i] is { Fails: true, Optional: false } && (_failingStep < 0 || _steps[i].End < _steps[_failingStep].End))
            {
                _failingStep = i;
            }
        }

        EndsAt = _failingStep >= 0 ? _steps[_failingStep].End
            : script.Outcome == RunOutcome.Never ? DateTimeOffset.MaxValue
            : _steps.Length == 0 ? _startsAt
            : _steps.Max(step => step.End);
        _endPhase = _failingStep >= 0 ? RunPhase.Failed : script.Outcome switch
        {
            RunOutcome.Failed => RunPhase.Failed,
            RunOutcome.Cancelled => RunPhase.Cancelled,
            RunOutcome.Killed => RunPhase.Killed,
            RunOutcome.TimedOut => RunPhase.TimedOut,
            _ => RunPhase.Succeeded,
        };
        if (script.TimeLimitSeconds is { } limit && EndsAt - acceptedAt > TimeSpan.FromSeconds(limit))
        {
            EndsAt = acceptedAt + TimeSpan.FromSeconds(limit);
            _failingStep = -1;
            _endPhase = RunPhase.TimedOut;
        }
    }

    /// <summary>Gets when it ends if it is not cancelled.</summary>
    public DateTimeOffset EndsAt { get; }

    public RunScript Script { get; }

    /// <summary>Returns the state at a time, given when it was cancelled, if at all.</summary>
    public RunState At(DateTimeOffset now, DateTimeOffset? cancelledAt)
    {
        var isCancelled = cancelledAt <= now && cancelledAt < EndsAt;
        DateTimeOffset? endedAt = isCancelled ? cancelledAt : EndsAt <= now ? EndsAt : null;
        var until = endedAt ?? now;
        var steps = ImmutableArray.CreateBuilder<StepState>(_steps.Length);
        for (var i = 0; i < _steps.Length; i++)
        {
            steps.Add(StepAt(i, until, isCancelled, endedAt));
        }

        var phase = PhaseAt(now, cancelledAt);
        var failing = phase == RunPhase.Failed && _failingStep >= 0 ? Script.Steps[_failingStep] : null;
        return new RunState(
            phase,
            until < _startsAt ? null : _startsAt,
            endedAt,
            steps.MoveToImmutable(),
            phase == RunPhase.Succeeded ? null : failing?.Reason ?? Script.Reason,
            phase == RunPhase.Succeeded ? null : failing?.Detail ?? Script.Detail)
        {
            Share = ShareAt(until),
        };
    }

    /// <summary>Returns the next time at which something begins or ends; null after the end.</summary>
    public DateTimeOffset? NextChangeAfter(DateTimeOffset now) => _steps.SelectMany(step => new[] { step.Start, step.End })
        .Append(_startsAt).Append(EndsAt).Where(at => at > now && at <= EndsAt).Order().Cast<DateTimeOffset?>().FirstOrDefault();

    public RunPhase PhaseAt(DateTimeOffset now, DateTimeOffset? cancelledAt)
    {
        if (cancelledAt <= now && cancelledAt < EndsAt)
        {
            return RunPhase.Cancelled;
        }

        if (EndsAt <= now || now < _startsAt)
        {
            return EndsAt <= now ? _endPhase : RunPhase.Queued;
        }

        for (var i = 0; i < _steps.Length; i++)
        {
            if (Script.Steps[i].AwaitsInput && _steps[i].Start <= now && now < _steps[i].End)
            {
                return RunPhase.AwaitingInput;
            }
        }

        return RunPhase.Running;
    }

    private StepState StepAt(int index, DateTimeOffset until, bool isCancelled, DateTimeOffset? runEndedAt)
    {
        var (start, end) = _steps[index];
        var script = Script.Steps[index];
        if (start > until || (start == until && runEndedAt is not null && start != end))
        {
            return new StepState(index, script, RunPhase.Queued, null, null);
        }

        return end <= until
            ? new StepState(index, script, script.Fails ? RunPhase.Failed : RunPhase.Succeeded, start, end)
            : runEndedAt is null
                ? new StepState(index, script, RunPhase.Running, start, null)
                : new StepState(index, script, isCancelled ? RunPhase.Cancelled : RunPhase.Killed, start, runEndedAt);
    }

    private DateTimeOffset StartOf(int index)
    {
        if (Script.Steps[index].DependsOn is not { } names)
        {
            return index == 0 ? _startsAt : _steps[index - 1].End;
        }

        // Steps can depend only on earlier steps.
        var before = Enumerable.Range(0, index).Where(i => names.Contains(Script.Steps[i].Name)).Select(i => _steps[i].End);
        return before.Append(_startsAt).Max();
    }

    private double ShareAt(DateTimeOffset until)
    {
        var whole = _steps.Sum(step => (step.End - step.Start).TotalSeconds);
        var done = _steps.Where(step => step.Start < until).Sum(step => ((step.End < until ? step.End : until) - step.Start).TotalSeconds);
        return whole <= 0 ? until < _startsAt ? 0 : 1 : done / whole;
    }
}
