using Vigil.Grains.Executions;
using Vigil.Tests.Lifecycle.Simulation.Hosting;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The silos, who of them counts as alive, where the grain is, and the audit and reminder that wake it.</summary>
internal sealed class Cluster
{
    private const double CallTimeoutSeconds = 30;

    private readonly World _world;
    private readonly Process _outside;
    private Silo[] _silos = [];
    private int _generation;
    private Activation? _activation;

    public Cluster(World world)
    {
        _world = world;
        _outside = new(world, "outside");
    }

    public Membership Membership { get; } = new();

    public bool HasReminder { get; set; }

    /// <summary>Gets or sets what the connection's grain knows.</summary>
    public ConnectionHealth Health { get; set; } = new(Suspended: false);

    /// <summary>Gets the silos that still run and have not been given up.</summary>
    public IEnumerable<Silo> Silos => _silos.Where(silo => silo.IsAlive && IsActive(silo));

    /// <summary>Gets a value indicating whether a poller holds work for the execution.</summary>
    public bool IsWatched => Silos.Any(silo => silo.Poller.Knows(Silo.Connection, Callers.ExecutionId));

    public bool IsActive(Silo silo) => Membership.CurrentSnapshot.GetSiloStatus(silo.Address) is SiloStatus.Active;

    /// <summary>A silo that does not answer is declared dead after a while.</summary>
    public void Suspect(Silo silo) => _world.After(_world.Between(3, 11), () => Membership.Set(silo.Address, SiloStatus.Dead));

    /// <summary>Another process takes the place of one that died, under another generation.</summary>
    public void Replace(Silo silo)
    {
        Suspect(silo);
        _world.After(_world.Between(5, 30), () =>
        {
            Membership.Set(silo.Address, SiloStatus.Dead);
            var place = Array.IndexOf(_silos, silo);
            _silos[place] = Join(place);
            _world.Trace?.Invoke($"silo {silo.Name} is replaced by {_silos[place].Name}");
        });
    }

    public void Begin()
    {
        _silos = [Join(0), Join(1), Join(2)];
        _world.After(15, Audit);
        _world.After(60, RemindOfIt);
        for (var place = 0; place < _silos.Length; place++)
        {
            Trouble(place);
        }

        // A time server sets right what was set wrong.
        _world.After(_world.Scenario.FaultPeriod, () => Array.ForEach(_silos, silo => silo.SetClock(TimeSpan.Zero)));
    }

    /// <summary>Calls the grain. Either way may be lost or slow; then the caller hears of it when the time is up, and a caller that is gone hears nothing.</summary>
    public Task<T> CallAsync<T>(Process caller, Func<ExecutionGrain, Task<T>> call, bool interleaves = false)
    {
        var answer = new TaskCompletionSource<T>();
        void Answer(Action tell)
        {
            if (!_world.Strikes())
            {
                _world.After(0.001, tell);
            }
        }

        async Task RunAsync(ExecutionGrain grain)
        {
            try
            {
                var result = await call(grain);
                Answer(() => answer.TrySetResult(result));
            }
            catch (Exception e) when (e is OrleansException or VigilException)
            {
                Answer(() => answer.TrySetException(e));
            }
        }

        caller.Post(CallTimeoutSeconds, () => answer.TrySetException(new TimeoutException("The grain gave no answer.")));
        if (!_world.Strikes())
        {
            _world.After(
                _world.Strikes(2) ? _world.Between(0.1, 5) : _world.Between(0.001, 0.03),
                () => Deliver(new(RunAsync, failure => Answer(() => answer.TrySetException(failure)), interleaves)));
        }

        return answer.Task;
    }

    /// <summary>Hands a call to the activation, which is made where there is none; without a silo it is lost.</summary>
    public void Deliver(GrainCall call) => Find()?.Enqueue(call);

    public void Left(Activation activation)
    {
        if (_activation == activation)
        {
            _activation = null;
        }
    }

    private Silo Join(int place)
    {
        var silo = new Silo(_world, place, ++_generation);
        Membership.Set(silo.Address, SiloStatus.Active);
        return silo;
    }

    private Activation? Find()
    {
        if (_activation is { CanBeReached: true })
        {
            return _activation;
        }

        var able = Silos.ToArray();
        return able.Length == 0 ? null : _activation = new(_world, able[_world.Pick(able.Length)]);
    }

    /// <summary>Live rows are woken, again and again, for as long as they are live; a healthy activation does nothing then.</summary>
    private void Audit()
    {
        if (_world.Database.Row is { Live: true })
        {
            Call(grain => grain.WakeAsync());
        }

        _world.After(_world.HasFaults ? 15 : 60, Audit);
    }

    private void RemindOfIt()
    {
        if (HasReminder)
        {
            Call(grain => grain.ReceiveReminder(ExecutionReminder.Name, default));
        }

        _world.After(60, RemindOfIt);
    }

    private void Call(Func<ExecutionGrain, Task> call) => _outside.Start(async () =>
    {
        try
        {
            await CallAsync(_outside, async grain =>
            {
                await call(grain);
                return true;
            });
        }
        catch (Exception e) when (e is OrleansException or VigilException or TimeoutException)
        {
            // The next audit or reminder calls again.
        }
    });

    private void Trouble(int place)
    {
        if (!_world.HasFaults || _world.Scenario.Fault == 0 || _world.IsAtRest)
        {
            return;
        }

        _world.After(_world.Between(5, 3 / _world.Scenario.Fault), () =>
        {
            if (_world.HasFaults)
            {
                Strike(_silos[place]);
            }

            Trouble(place);
        });
    }

    private void Strike(Silo silo)
    {
        switch (_world.Pick(_world.Scenario.SetsClocks ? 3 : 2))
        {
            case 0:
                silo.Crash();
                break;
            case 1:
                silo.Freeze(_world.Between(0.5, 40));
                break;
            default:
                silo.SetClock(TimeSpan.FromSeconds(_world.Chance(0.3) ? _world.Between(-60, 60) : _world.Between(-5 * 3600, 5 * 3600)));
                break;
        }
    }
}
