namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>One process: it may die, and it may stand still and then go on as if nothing had happened.</summary>
internal sealed class Silo
{
    private readonly World _world;
    private readonly List<Action> _deferred = [];
    private bool _isFrozen;

    public Silo(World world, string name)
    {
        _world = world;
        Name = name;
        Poller = new(world, this);
    }

    public string Name { get; }

    public bool IsAlive { get; private set; } = true;

    public SimulatedPoller Poller { get; }

    /// <summary>Has this process do something later, if it still is there then, and when it moves again.</summary>
    public void Post(double seconds, Action action) => _world.After(seconds, () => Do(action));

    public void Crash()
    {
        if (IsAlive)
        {
            _world.Trace?.Invoke($"silo {Name} dies");
            IsAlive = false;
            _deferred.Clear();
            _world.Cluster.Replace(this);
        }
    }

    public void Freeze(double seconds)
    {
        if (_isFrozen || !IsAlive)
        {
            return;
        }

        _world.Trace?.Invoke($"silo {Name} freezes for {seconds:F1}");
        _isFrozen = true;
        if (seconds > 12)
        {
            _world.Cluster.Suspect(this);
        }

        _world.After(seconds, Thaw);
    }

    private void Thaw()
    {
        if (!IsAlive)
        {
            return;
        }

        _world.Trace?.Invoke($"silo {Name} goes on");
        _isFrozen = false;
        foreach (var action in _deferred.ToArray())
        {
            Do(action);
        }

        _deferred.Clear();
        if (!_world.Cluster.IsActive(Name))
        {
            // It learns that the others have given it up, and ends itself; what it does until then it does in good faith.
            Post(1, Crash);
        }
    }

    /// <summary>Has this process do something as soon as it moves.</summary>
    public void Do(Action action)
    {
        if (_isFrozen && IsAlive)
        {
            _deferred.Add(action);
        }
        else if (IsAlive)
        {
            action();
        }
    }
}
