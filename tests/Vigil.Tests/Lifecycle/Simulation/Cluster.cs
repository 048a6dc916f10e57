using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>What a caller of the grain is told.</summary>
internal sealed record Answer(bool IsKnown, VigilException? Refusal, Transition? Transition);

/// <summary>The silos, who of them counts as alive, where the grain is, and the audit and reminder that wake it.</summary>
internal sealed class Cluster
{
    private const double CallTimeoutSeconds = 30;

    private readonly World _world;
    private readonly Silo[] _silos;
    private readonly HashSet<string> _dead = [];
    private int _replacements = 10;

    public Cluster(World world)
    {
        _world = world;
        _silos = [new(world, "silo-0"), new(world, "silo-1"), new(world, "silo-2")];
    }

    public Activation? Current { get; set; }

    public bool HasReminder { get; set; }

    public bool IsActive(string? silo) => silo is not null && !_dead.Contains(silo);

    /// <summary>A silo that does not answer is declared dead after a while.</summary>
    public void Suspect(Silo silo) => _world.After(_world.Between(3, 11), () => _dead.Add(silo.Name));

    /// <summary>Another process takes the place of one that died, under another name.</summary>
    public void Replace(Silo silo)
    {
        Suspect(silo);
        _world.After(_world.Between(5, 30), () =>
        {
            _dead.Add(silo.Name);
            var place = Array.IndexOf(_silos, silo);
            _silos[place] = new(_world, $"silo-{++_replacements}{place}");
            _world.Trace?.Invoke($"silo {silo.Name} is replaced by {_silos[place].Name}");
        });
    }

    public void Begin()
    {
        _world.After(15, Audit);
        _world.After(60, RemindOfIt);
        for (var place = 0; place < _silos.Length; place++)
        {
            Trouble(place);
        }
    }

    /// <summary>Calls the grain. Either way may be lost or slow; a caller that is gone hears nothing.</summary>
    public void Call(Silo? caller, LifecycleInput input, Action<Answer> heard)
    {
        var isHeard = false;
        void Hear(Answer answer)
        {
            if (!isHeard)
            {
                isHeard = true;
                heard(answer);
            }
        }

        void Post(double seconds, Action action)
        {
            if (caller is null)
            {
                _world.After(seconds, action);
            }
            else
            {
                caller.Post(seconds, action);
            }
        }

        if (_world.Strikes())
        {
            Post(CallTimeoutSeconds, () => Hear(new(false, null, null)));
            return;
        }

        var isAnswerLost = _world.Strikes();
        _world.After(_world.Strikes(2) ? _world.Between(0.1, 5) : _world.Between(0.001, 0.03), () =>
        {
            if (Find() is { } activation)
            {
                activation.Enqueue(input, answer =>
                {
                    if (!isAnswerLost)
                    {
                        Post(0.001, () => Hear(answer));
                    }
                });
            }

            Post(CallTimeoutSeconds, () => Hear(new(false, null, null)));
        });
    }

    private Activation? Find()
    {
        if (Current is { CanBeReached: true })
        {
            return Current;
        }

        var able = _silos.Where(silo => silo.IsAlive && IsActive(silo.Name)).ToArray();
        return able.Length == 0 ? null : Current = new(_world, able[_world.Pick(able.Length)]);
    }

    /// <summary>Live rows that nobody serves are woken, again and again, for as long as they are live.</summary>
    private void Audit()
    {
        if (_world.Store.Row is { Live: true })
        {
            Find()?.Wake();
        }

        if (_world.HasFaults || _world.Store.Row is { Live: true } || _world.Callers.AreBusy)
        {
            _world.After(_world.HasFaults ? 15 : 60, Audit);
        }
    }

    private void RemindOfIt()
    {
        if (HasReminder && Find() is { } activation && !activation.KnowsOfReminder)
        {
            activation.Enqueue(new LifecycleInput.ReminderRegistered(), _ => { });
        }

        if (HasReminder || _world.HasFaults || _world.Store.Row is { Live: true })
        {
            _world.After(60, RemindOfIt);
        }
    }

    private void Trouble(int place)
    {
        if (!_world.HasFaults || _world.Scenario.Fault == 0 || _world.IsAtRest)
        {
            return;
        }

        _world.After(_world.Between(5, 3 / _world.Scenario.Fault), () =>
        {
            if (_world.HasFaults && _world.Chance(0.5))
            {
                _silos[place].Crash();
            }
            else if (_world.HasFaults)
            {
                _silos[place].Freeze(_world.Between(0.5, 40));
            }

            Trouble(place);
        });
    }
}
