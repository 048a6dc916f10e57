using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The rules under simulation; mutants take their place to show that the simulation can fail.</summary>
internal delegate Transition Rules(ExecutionState? state, LifecycleInput input, LifecycleContext context);

/// <summary>A promise of the design was broken.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);

/// <summary>One execution in a world of its own: virtual time, and everything that may go wrong, in an order that the seed alone decides.</summary>
internal sealed class World
{
    private const int MaxEvents = 60_000;

    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly Random _random;
    private long _ticks = Life.Epoch.UtcTicks;
    private long _order;

    public World(int seed, Rules rules, Action<string>? trace)
    {
        _random = new(seed);
        Rules = rules;
        Trace = trace is null ? null : text => trace($"{(Now - Life.Epoch).TotalSeconds,10:F3} {text}");
        Scenario = Scenario.Of(_random);
        Platform = new(this);
        Store = new(this);
        Steps = new(this);
        Promises = new(this);
        Cluster = new(this);
        Callers = new(this);
    }

    public Scenario Scenario { get; }

    public Rules Rules { get; }

    public RemotePlatform Platform { get; }

    public RowStore Store { get; }

    public StepGrains Steps { get; }

    public Promises Promises { get; }

    public Cluster Cluster { get; }

    public Callers Callers { get; }

    /// <summary>Gets who is told what happens; null where nobody is, and then nothing is put into words.</summary>
    public Action<string>? Trace { get; }

    public DateTimeOffset Now => new(_ticks, TimeSpan.Zero);

    /// <summary>Gets a value indicating whether nothing is left to do, unless somebody who is frozen has not noticed.</summary>
    public bool IsAtRest => Store.Row is { Live: false } && !Callers.AreBusy;

    /// <summary>Gets the time from which on all works.</summary>
    public DateTimeOffset QuietSince => Life.Epoch + (Scenario.Fault == 0 ? TimeSpan.Zero : Scenario.FaultPeriod);

    public bool HasFaults => Now < Life.Epoch + Scenario.FaultPeriod;

    public void Run()
    {
        Callers.Begin();
        Cluster.Begin();
        for (var events = 0; _events.TryDequeue(out var action, out var due); events++)
        {
            if (events == MaxEvents)
            {
                throw new BrokenPromiseException("It never comes to rest.");
            }

            _ticks = due.At;
            action();
        }

        Promises.CheckAtTheEnd();
    }

    public void After(double seconds, Action action) => _events.Enqueue(action, (_ticks + (long)(seconds * TimeSpan.TicksPerSecond), _order++));

    public bool Chance(double probability) => probability > 0 && _random.NextDouble() < probability;

    /// <summary>A fault strikes here, now and then, while there are faults.</summary>
    public bool Strikes(double weight = 1) => HasFaults && Chance(Scenario.Fault * weight);

    public double Between(double least, double most) => least + (_random.NextDouble() * (most - least));

    public int Pick(int count) => _random.Next(count);
}
