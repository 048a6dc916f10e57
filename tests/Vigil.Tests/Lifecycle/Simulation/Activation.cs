using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The grain: one turn after the other; a write first, then the effects in order, and after a failed write nothing at all.</summary>
internal sealed class Activation
{
    private readonly World _world;
    private readonly Queue<(LifecycleInput Input, Action<Answer> Answer)> _waiting = [];
    private ExecutionState? _state;
    private bool _isBusy = true;
    private int _alarm;

    public Activation(World world, Silo silo)
    {
        _world = world;
        Silo = silo;
        world.Trace?.Invoke($"grain activates on {silo.Name}");
        silo.Post(world.Between(0.001, 0.02), Read);
    }

    public Silo Silo { get; }

    public bool IsGone { get; private set; }

    /// <summary>Gets a value indicating whether calls find it: its silo counts as alive, whether it moves or not.</summary>
    public bool CanBeReached => !IsGone && Silo.IsAlive && _world.Cluster.IsActive(Silo.Name);

    public bool KnowsOfReminder => _state is { HasReminder: true } or null;

    public void Enqueue(LifecycleInput input, Action<Answer> answer)
    {
        _waiting.Enqueue((input, answer));
        Silo.Post(0, Next);
    }

    /// <summary>The row is live: an activation that does not know it has missed what another one wrote before it was found dead.</summary>
    public void Wake()
    {
        if (!_isBusy && _state is not { Live: true })
        {
            Deactivate();
        }
    }

    private void Read()
    {
        _state = _world.Store.Read();
        _isBusy = false;
        if (_state is { Live: true })
        {
            if (!_state.Status.IsTerminal() || _state.PendingWork.HasFlag(PendingWork.Steps))
            {
                _world.Steps.Crash();
            }

            Apply(Woken(_state), _ => { });
            Silo.Post(30, KeepWatched);
            Silo.Post(Math.Max(0, (_state.AcceptedAt + LifecycleLimits.ReminderAge - _world.Now).TotalSeconds), EnsureReminder);
        }

        Next();
    }

    private void Next()
    {
        while (!_isBusy && !IsGone && _waiting.TryDequeue(out var call))
        {
            Apply(call.Input, call.Answer);
        }
    }

    private void Apply(LifecycleInput input, Action<Answer> answer)
    {
        if (_state is null && input is not (LifecycleInput.Start or LifecycleInput.Adopt))
        {
            answer(new(true, new ExecutionNotFoundException(Callers.ExecutionId), null));
            return;
        }

        var context = new LifecycleContext(_world.Now, _world.Scenario.Capabilities, _world.Scenario.Policy);
        Transition transition;
        try
        {
            transition = _world.Rules(_state, input, context);
        }
        catch (VigilException refusal)
        {
            answer(new(true, refusal, null));
            return;
        }

        _world.Trace?.Invoke($"{Silo.Name}: {Name(input)} -> {string.Join(", ", transition.Effects.Select(effect => effect.GetType().Name))}");
        _world.Promises.Applied(_state, input, transition, context);
        if (transition.Effects is [LifecycleEffect.Persist write, ..])
        {
            Store(transition, write, answer);
        }
        else
        {
            _state = transition.State;
            Execute(transition, answer);
        }
    }

    private void Store(Transition transition, LifecycleEffect.Persist write, Action<Answer> answer)
    {
        _isBusy = true;
        _world.Store.Write(_state?.Version ?? 0, transition.State, write, outcome => Silo.Do(() =>
        {
            _isBusy = false;
            if (outcome is not WriteOutcome.Stored)
            {
                // Whether it landed is unknown: the next activation reads it again, and these effects are dropped.
                _world.Trace?.Invoke($"{Silo.Name}: write of v{transition.State.Version} failed: {outcome}");
                Deactivate();
                return;
            }

            var isNew = _state is null;
            _state = transition.State;
            if (isNew)
            {
                Silo.Post(30, KeepWatched);
                Silo.Post(LifecycleLimits.ReminderAge.TotalSeconds, EnsureReminder);
            }

            Execute(transition, answer);
            Next();
        }));
    }

    private void Execute(Transition transition, Action<Answer> answer)
    {
        foreach (var effect in transition.Effects)
        {
            if (_world.Strikes(0.1))
            {
                if (_world.Chance(0.5))
                {
                    Silo.Crash();
                }
                else
                {
                    Deactivate();
                }

                return;
            }

            Execute(transition.State, effect);
        }

        answer(new(true, null, transition));
    }

    private void Execute(ExecutionState state, LifecycleEffect effect)
    {
        switch (effect)
        {
            case LifecycleEffect.QueueSubmission queue:
                Silo.Poller.Queue(queue.NotBefore);
                break;
            case LifecycleEffect.LookForMarker:
                Silo.Poller.LookForMarker();
                break;
            case LifecycleEffect.Watch:
                Silo.Poller.Watch(state);
                break;
            case LifecycleEffect.ConfirmNotFound confirm:
                Silo.Poller.PollAlone(state, confirm.At);
                break;
            case LifecycleEffect.LookAgain:
                Silo.Poller.PollAlone(state, _world.Now);
                break;
            case LifecycleEffect.Unwatch:
                Silo.Poller.Forget();
                break;
            case LifecycleEffect.SendCancel:
                Silo.Poller.Cancel(state);
                break;
            case LifecycleEffect.FetchDetail:
                Silo.Poller.FetchDetail(state);
                break;
            case LifecycleEffect.TellSteps tell:
                Silo.Post(_world.Between(0.01, 0.2), () => Enqueue(new LifecycleInput.StepsAcknowledged(_world.Steps.Tell(tell.Reports)), _ => { }));
                break;
            case LifecycleEffect.RemoveReminder:
                Silo.Post(_world.Between(0.01, 0.1), RemoveReminder);
                break;
            case LifecycleEffect.WakeAt wake:
                SetAlarm(wake.At);
                break;
        }
    }

    private void SetAlarm(DateTimeOffset at)
    {
        var alarm = ++_alarm;
        Silo.Post(Math.Max(0, (at - _world.Now).TotalSeconds), () =>
        {
            if (alarm == _alarm && !IsGone)
            {
                Enqueue(new LifecycleInput.Tick(), _ => { });
            }
        });
    }

    /// <summary>The poll timer: the poller must know of whatever is live.</summary>
    private void KeepWatched()
    {
        if (IsGone || _state is not { Live: true })
        {
            return;
        }

        if (!_state.Status.IsTerminal() && !Silo.Poller.KnowsIt && !_isBusy)
        {
            Enqueue(Woken(_state), _ => { });
        }

        Silo.Post(30, KeepWatched);
    }

    private LifecycleInput.Woken Woken(ExecutionState state) =>
        new(Silo.Name, _world.Cluster.IsActive(state.Submission.Silo), _world.Steps.Stored(state.Id));

    private void EnsureReminder()
    {
        if (!IsGone && _state is { Live: true, HasReminder: false } && !_state.Status.IsTerminal())
        {
            if (_world.Strikes())
            {
                Silo.Post(5, EnsureReminder);
                return;
            }

            _world.Cluster.HasReminder = true;
            Silo.Post(_world.Between(0.01, 0.5), () => Enqueue(new LifecycleInput.ReminderRegistered(), _ => { }));
        }
    }

    private void RemoveReminder()
    {
        if (!_world.Strikes())
        {
            _world.Cluster.HasReminder = false;
            Enqueue(new LifecycleInput.WorkDone(PendingWork.Reminder), _ => { });
        }
    }

    private void Deactivate()
    {
        IsGone = true;
        Silo.Poller.Forget();
        if (_world.Cluster.Current == this)
        {
            _world.Cluster.Current = null;
        }
    }

    private static string Name(LifecycleInput input) => input switch
    {
        LifecycleInput.Observed observed => $"Observed {observed.Observation.Attempt}:{observed.Observation.Snapshot.Status} sent {(observed.Observation.SentAt - Life.Epoch).TotalSeconds:F3}",
        LifecycleInput.Start => "Start",
        _ => input.ToString(),
    };
}
