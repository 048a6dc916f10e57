namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>One process of the world: it may die, and it may stand still and then go on as if nothing had happened. All that it does goes through here.</summary>
internal class Process
{
    private readonly List<Action> _deferred = [];
    private bool _isFrozen;

    public Process(World world, string name)
    {
        World = world;
        Name = name;
        Clock = new(world, this);
        Scheduler = new ProcessScheduler(this);
    }

    public string Name { get; }

    public bool IsAlive { get; private set; } = true;

    public ProcessClock Clock { get; }

    public TaskScheduler Scheduler { get; }

    protected World World { get; }

    /// <summary>Has this process do something later, if it still is there then, and when it moves again.</summary>
    public void Post(TimeSpan delay, Action action) => World.After(delay, () => Do(action));

    public void Post(double seconds, Action action) => Post(TimeSpan.FromSeconds(seconds), action);

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

    /// <summary>Starts work whose end nobody awaits; it must deal with its own failures.</summary>
    public void Start(Func<Task> work) => _ = Task.Factory.StartNew(
        async () =>
        {
            try
            {
                await work();
            }
            catch (Exception e)
            {
                World.Break($"Nobody expected {e}");
            }
        },
        CancellationToken.None,
        TaskCreationOptions.DenyChildAttach,
        Scheduler);

    public Task Delay(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Clock);

    protected bool Die()
    {
        var dies = IsAlive;
        IsAlive = false;
        _deferred.Clear();
        return dies;
    }

    /// <summary>Stands still for a while; false where it does already.</summary>
    protected bool StandStill(double seconds, Action goesOn)
    {
        if (_isFrozen || !IsAlive)
        {
            return false;
        }

        _isFrozen = true;
        World.After(seconds, () =>
        {
            if (IsAlive)
            {
                GoOn();
                goesOn();
            }
        });
        return true;
    }

    private void GoOn()
    {
        _isFrozen = false;
        foreach (var action in _deferred)
        {
            World.Next(() => Do(action));
        }

        _deferred.Clear();
    }

    /// <summary>Runs the tasks of one process, in the order in which they became ready, on the world's thread.</summary>
    private sealed class ProcessScheduler(Process process) : TaskScheduler
    {
        public override int MaximumConcurrencyLevel => 1;

        protected override void QueueTask(Task task) => process.World.Next(() => process.Do(() => TryExecuteTask(task)));

        // Which thread the world runs on must make no difference, and on a thread of the pool the framework would try to inline more.
        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
