using System.Collections.Concurrent;

namespace Vigil.Simulator;

/// <summary>The simulated world: the runs, how they go, what goes wrong, and what was asked.</summary>
public sealed class SimulatedPlatforms
{
    private readonly SimulatorOptions _options;
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>> _credentials = new();
    private readonly ConcurrentBag<ISimulatedPlatform> _served = [];
    private long _lastNumber;

    internal SimulatedPlatforms(SimulatorOptions options)
    {
        _options = options;
        Ledger = new SimulationLedger(options.LedgerCapacity);
    }

    /// <summary>Gets the clock that the runs go by.</summary>
    public TimeProvider Time => _options.Time;

    /// <summary>Gets which script a start takes.</summary>
    public ScriptBook Scripts { get; } = new();

    /// <summary>Gets the faults in force.</summary>
    public FaultBook Faults { get; } = new();

    /// <summary>Gets every run.</summary>
    public RunBook Runs { get; } = new();

    /// <summary>Gets what was asked.</summary>
    public SimulationLedger Ledger { get; }

    internal IReadOnlyCollection<string> Names => [.. _served.Select(platform => platform.Name).Order(StringComparer.Ordinal)];

    internal int AliasLimit => _options.AliasLimit;

    internal bool EnforceLimits => _options.EnforceLimits;

    /// <summary>Has a platform accept these credentials and no others; none: any that is not empty.</summary>
    public void AcceptOnly(string platform, params string[] credentials) => _credentials[platform] = credentials.ToHashSet(StringComparer.Ordinal);

    /// <summary>Returns every run as it really went, in the order of the starts.</summary>
    public IReadOnlyList<LedgerRun> LedgerRuns()
    {
        var runs = Runs.All();
        var now = Time.GetUtcNow();
        var starts = runs.Where(run => run.Target.Marker is not null).CountBy(run => (run.Platform, run.Target.Marker)).ToDictionary();
        return
        [
            .. runs.Select(run =>
            {
                var state = run.At(now);
                return new LedgerRun(
                    run.Platform, run.Id, run.Target.Id, run.Target.Marker, starts.GetValueOrDefault((run.Platform, run.Target.Marker), 1), run.Attempt,
                    run.AcceptedAt, state.Phase, state.EndedAt, run.CancelRequests, run.CancelledAt, run.Polls);
            }),
        ];
    }

    /// <summary>Forgets all that has happened and all that was ordered: runs, scripts, those of the script file too, faults, the ledger, uploads, tokens.</summary>
    public void Reset()
    {
        Runs.Clear();
        Scripts.Clear();
        Faults.Clear();
        Ledger.Clear();
        _credentials.Clear();
        foreach (var platform in _served)
        {
            platform.Reset();
        }
    }

    /// <summary>Takes a platform in, to be reset with the rest.</summary>
    internal void Serve(ISimulatedPlatform platform) => _served.Add(platform);

    internal bool Accepts(string platform, string? credential) =>
        !string.IsNullOrEmpty(credential)
        && (!_credentials.TryGetValue(platform, out var accepted) || accepted.Count == 0 || accepted.Contains(credential));

    /// <summary>Starts a run; its id is drawn from the seed and its number.</summary>
    internal SimulatedRun Start(
        string platform, StartedTarget target, Func<ulong, ulong, string> makeId, Func<RunScript, RunScript>? adjust = null)
    {
        var script = Scripts.For(platform, target.Id);
        var number = (ulong)Interlocked.Increment(ref _lastNumber);
        var seed = Dice.Mix((ulong)(uint)_options.Seed, Dice.SeedOf(platform));
        var run = new SimulatedRun(platform, makeId(seed, number), target, adjust?.Invoke(script) ?? script, Time.GetUtcNow(), Dice.Mix(seed, number));
        Runs.Add(run);
        return run;
    }

    /// <summary>Returns what somebody who asks about a run is shown of it; null where it is not known, or a fault hides it.</summary>
    internal (SimulatedRun Run, RunState State)? Show(string platform, string id, string operation)
    {
        Runs.Find(platform, id)?.CountPoll();
        return Find(platform, id, operation);
    }

    /// <summary>Returns the same to somebody who does not ask for the status, but wants something done.</summary>
    internal (SimulatedRun Run, RunState State)? Find(string platform, string id, string operation) =>
        Runs.Find(platform, id) is { } run && Show(run, operation) is { } state ? (run, state) : null;

    /// <summary>Returns what a list shows of a run; null where a fault hides it.</summary>
    internal RunState? Show(SimulatedRun run, string operation) => Faults.Show(run, operation, Time.GetUtcNow())?.ToldBy(Faults.SkewOf(run.Platform));

    /// <summary>Returns where a run stands as its platform tells it to somebody who has just made it go so.</summary>
    internal RunState Tell(SimulatedRun run) => run.At(Time.GetUtcNow()).ToldBy(Faults.SkewOf(run.Platform));

    /// <summary>Returns the time that a platform's clock shows.</summary>
    internal DateTimeOffset NowAt(string platform) => Time.GetUtcNow() + Faults.SkewOf(platform);
}
