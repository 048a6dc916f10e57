using Vigil.Tests.Lifecycle.Simulation.Storage;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>
/// One execution in a world of its own: Vigil's own grain, poller and write queue on three silos, a platform, and everything that may go wrong, in one
/// thread, in virtual time, and in an order that the seed alone decides.
/// </summary>
internal sealed class World
{
    /// <summary>How long nothing may be left to do before the world ends: longer than a reminder's period, which would show what is left over.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(75);

    /// <summary>How long after the last thing that an execution can wait for it must have come to rest.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly Queue<Action> _ready = new();
    private readonly Random _random;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private BrokenPromiseException? _broken;
    private DateTimeOffset? _restsSince;
    private long _ticks = Life.Epoch.UtcTicks;
    private long _order;

    public World(int seed, Breakage breakage, Action<string>? trace)
    {
        _random = new(seed);
        Breakage = breakage;
        Trace = trace is null ? null : text => trace($"{(Now - Life.Epoch).TotalSeconds,10:F3} {text}");
        Scenario = breakage.Focus(Scenario.Of(_random));
        Platform = new(this);
        Database = new(this);
        Steps = new(this);
        Promises = new(this);
        Cluster = new(this);
        Callers = new(this);
    }

    public Scenario Scenario { get; }

    public Breakage Breakage { get; }

    public RemotePlatform Platform { get; }

    public Database Database { get; }

    public StepGrains Steps { get; }

    public Promises Promises { get; }

    public Cluster Cluster { get; }

    public Callers Callers { get; }

    /// <summary>Gets where the story is told; null where nobody listens, and then nothing is put into words.</summary>
    public Action<string>? Trace { get; }

    /// <summary>Gets the true time. Silos have clocks of their own.</summary>
    public DateTimeOffset Now => new(_ticks, TimeSpan.Zero);

    /// <summary>Gets a value indicating whether nothing is left to do.</summary>
    public bool IsAtRest => Database.Row is { Live: false } && !Callers.AreBusy && !Cluster.HasReminder;

    /// <summary>Gets the time from which on all works.</summary>
    public DateTimeOffset QuietSince => Life.Epoch + (Scenario.Fault == 0 ? TimeSpan.Zero : Scenario.FaultPeriod);

    public bool HasFaults => Now < Life.Epoch + Scenario.FaultPeriod;

    public void Run()
    {
        // A test runner's own context would catch the continuations.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Callers.Begin();
            Cluster.Begin();
            Live();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        if (_broken is not null)
        {
            throw _broken;
        }
    }

    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, (_ticks + delay.Ticks, _order++));

    public void After(double seconds, Action action) => After(TimeSpan.FromSeconds(seconds), action);

    /// <summary>Has something happen as soon as what happens at the moment is over.</summary>
    public void Next(Action action)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            // The framework swallows what a scheduler throws at it.
            Break("Something was done on another thread than the world's.");
            return;
        }

        _ready.Enqueue(action);
    }

    /// <summary>Ends the world: a promise was broken. What is under way may go on until the thread is back here.</summary>
    public void Break(string promise) => _broken ??= new($"{promise} {Scenario}");

    public bool Chance(double probability) => probability > 0 && _random.NextDouble() < probability;

    /// <summary>A fault strikes here, now and then, while there are faults.</summary>
    public bool Strikes(double weight = 1) => HasFaults && Chance(Scenario.Fault * weight);

    public double Between(double least, double most) => least + (_random.NextDouble() * (most - least));

    public int Pick(int count) => _random.Next(count);

    private void Live()
    {
        Settle();
        while (_broken is null && !IsOver() && _events.TryDequeue(out var action, out var due))
        {
            _ticks = due.At;
            action();
            Settle();
        }

        Promises.CheckAtTheEnd();
    }

    private void Settle()
    {
        while (_broken is null && _ready.TryDequeue(out var action))
        {
            action();
        }
    }

    private bool IsOver()
    {
        // A poller that still tells how a start went, of an execution that somebody ended meanwhile, is right to hold on to it until it was heard.
        _restsSince = IsAtRest ? _restsSince ?? Now : null;
        return (Now - _restsSince > Rest && !Cluster.IsWatched) || Now > LastMoment + Limit;
    }

    private DateTimeOffset LastMoment => Database.Row is { } row && row.DeadlineAt > QuietSince ? row.DeadlineAt : QuietSince;
}

/// <summary>A promise of the design was broken.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
