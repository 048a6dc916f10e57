namespace Vigil.Simulator;

/// <summary>The simulated world: runs, scripts, faults, and the ledger of requests.</summary>
public sealed class SimulatedPlatforms
{
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>> _credentials = new();
    private readonly ConcurrentBag<SimulatedPlatform> _served = [];
    private long _lastNumber;

    internal SimulatedPlatforms(SimulatorOptions options)
    {
        Options = options;
        Ledger = new SimulationLedger(options.LedgerCapacity);
    }

    /// <summary>Gets the clock of the runs.</summary>
    public TimeProvider Time => Options.Time;

    /// <summary>Gets the scripts of new runs.</summary>
    public ScriptBook Scripts { get; } = new();

    /// <summary>Gets the active faults.</summary>
    public FaultBook Faults { get; } = new();

    /// <summary>Gets all runs.</summary>
    public RunBook Runs { get; } = new();

    /// <summary>Gets the ledger of requests.</summary>
    public SimulationLedger Ledger { get; }

    internal IReadOnlyCollection<string> Names => [.. _served.Select(platform => platform.Name).Order(StringComparer.Ordinal)];

    internal SimulatorOptions Options { get; }

    /// <summary>Makes a platform accept only these credentials; without any, every non-empty credential is accepted.</summary>
    public void AcceptOnly(string platform, params string[] credentials) => _credentials[platform] = credentials.ToHashSet(StringComparer.Ordinal);

    /// <summary>Returns every run's actual state, in the order of the starts.</summary>
    public IReadOnlyList<LedgerRun> LedgerRuns()
    {
        var runs = Runs.All();
        var now = Time.GetUtcNow();
        var starts = runs.Where(run => run.Target.Marker is not null).CountBy(run => (run.Platform, run.Target.Marker)).ToDictionary();
        return
        [
            .. from run in runs
               let state = run.At(now)
               select new LedgerRun(
                   run.Platform, run.Id, run.Target.Id, run.Target.Marker, starts.GetValueOrDefault((run.Platform, run.Target.Marker), 1), run.Attempt,
                   run.AcceptedAt, state.Phase, state.EndedAt, run.CancelRequests, run.CancelledAt, run.Polls),
        ];
    }

    /// <summary>Resets everything: runs, scripts (those of the script file too), faults, the ledger, uploads, tokens.</summary>
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

    /// <summary>Adds a platform, so that it is reset with the rest.</summary>
    internal void Serve(SimulatedPlatform platform) => _served.Add(platform);

    internal bool Accepts(string platform, string? credential) =>
        !string.IsNullOrEmpty(credential)
        && (!_credentials.TryGetValue(platform, out var accepted) || accepted.Count == 0 || accepted.Contains(credential));

    /// <summary>Starts a run; its id, a GUID unless the platform makes its own, is derived from the seed and its number.</summary>
    internal SimulatedRun Start(
        string platform, StartedTarget target, Func<ulong, ulong, string>? makeId = null, Func<RunScript, RunScript>? adjust = null)
    {
        var script = Scripts.For(platform, target.Id);
        var number = (ulong)Interlocked.Increment(ref _lastNumber);
        var seed = Dice.Mix((ulong)(uint)Options.Seed, Dice.SeedOf(platform));
        var id = makeId?.Invoke(seed, number) ?? Dice.Guid(seed, number).ToString();
        var run = new SimulatedRun(platform, id, target, adjust?.Invoke(script) ?? script, Time.GetUtcNow(), Dice.Mix(seed, number));
        Runs.Add(run);
        return run;
    }

    /// <summary>Returns the run as a client sees it, and counts polls; null if it is unknown or hidden by a fault.</summary>
    internal (SimulatedRun Run, RunState State)? Find(string platform, string id, string operation)
    {
        if (Runs.Find(platform, id) is not { } run)
        {
            return null;
        }

        if (operation is "status" or "status_many")
        {
            run.CountPoll();
        }

        return Show(run, operation) is { } state ? (run, state) : null;
    }

    /// <summary>Returns the state of a run as a list shows it; null if it is hidden by a fault.</summary>
    internal RunState? Show(SimulatedRun run, string operation) => Faults.Show(run, operation, Time.GetUtcNow())?.ShiftedBy(Faults.SkewOf(run.Platform));

    /// <summary>Returns the actual state of a run, by its platform's clock, for the answer to a command that has just changed it.</summary>
    internal RunState Tell(SimulatedRun run) => run.At(Time.GetUtcNow()).ShiftedBy(Faults.SkewOf(run.Platform));

    /// <summary>Returns the time on a platform's clock.</summary>
    internal DateTimeOffset NowAt(string platform) => Time.GetUtcNow() + Faults.SkewOf(platform);
}
