namespace Vigil.Simulator;

/// <summary>The simulated world: runs, scripts, faults, and the ledger of requests.</summary>
public sealed class SimulatedPlatforms
{
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>> _credentials = new();
    private readonly ConcurrentBag<SimulatedPlatform> _served = [];
    private long _lastNumber;

    internal SimulatedPlatforms(SimulatorOptions options, RunJournal? journal = null)
    {
        Options = options;
        Runs = new RunBook(journal);
        _lastNumber = Runs.All().Select(run => run.Record.Number).DefaultIfEmpty().Max();
        Ledger = new SimulationLedger(options.LedgerCapacity);
    }

    /// <summary>Gets the clock of the runs.</summary>
    public TimeProvider Time => Options.Time;

    /// <summary>Gets the scripts of new runs.</summary>
    public ScriptBook Scripts { get; } = new();

    /// <summary>Gets the active faults.</summary>
    public FaultBook Faults { get; } = new();

    /// <summary>Gets all runs.</summary>
    public RunBook Runs { get; }

    /// <summary>Gets the ledger of requests.</summary>
    public SimulationLedger Ledger { get; }

    internal IReadOnlyCollection<string> Names => [.. _served.Select(platform => platform.Name).Order(StringComparer.Ordinal)];

    internal SimulatorOptions Options { get; }

    /// <summary>Makes a platform accept only these credentials; if there are none, it accepts any non-empty credential.</summary>
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

    /// <summary>Fires a trigger of the simulated cognite, and returns the id of the run that it started; null if the start was refused.</summary>
    /// <exception cref="KeyNotFoundException">There is no such trigger.</exception>
    public string? FireTrigger(string externalId) => _served.OfType<Cognite.SimulatedCognite>().Single().Triggers.Fire(externalId)?.Id;

    /// <summary>Resets everything, including scripts from the script file, uploads and tokens.</summary>
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

    internal void Register(SimulatedPlatform platform) => _served.Add(platform);

    internal bool Accepts(string platform, string? credential) =>
        !string.IsNullOrEmpty(credential)
        && (!_credentials.TryGetValue(platform, out var accepted) || accepted.Count == 0 || accepted.Contains(credential));

    /// <summary>Returns why a target cannot be started: as scripted, or because there is no such target; null if it can be.</summary>
    internal StartRefusal? RefusalOf(string platform, string target) =>
        Options.UnknownTargets == UnknownTargets.Refuse && Scripts.Find(platform, target) is null
            ? new(404, "NOT_FOUND", $"'{target}' does not exist or you lack access to it.")
            : Scripts.For(platform, target).Refusal;

    /// <summary>Starts a run. Its id, a GUID by default, is derived from the seed and the run's number.</summary>
    /// <param name="platform">The platform's name.</param>
    /// <param name="target">What is started.</param>
    /// <param name="makeId">Makes an id of another form from the seed and the number.</param>
    /// <param name="adjust">Changes the script.</param>
    public SimulatedRun Start(
        string platform, StartedTarget target, Func<ulong, ulong, string>? makeId = null, Func<RunScript, RunScript>? adjust = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        var script = Scripts.For(platform, target.Id);
        var number = Interlocked.Increment(ref _lastNumber);
        var seed = Dice.Mix((ulong)(uint)Options.Seed, Dice.SeedOf(platform));
        var id = makeId?.Invoke(seed, (ulong)number) ?? Dice.Guid(seed, (ulong)number).ToString();
        var now = Time.GetUtcNow();
        var attempt = new RunAttempt(1, adjust?.Invoke(script) ?? script, now, Dice.Mix(seed, (ulong)number));
        var run = new SimulatedRun(new RunRecord(number, platform, id, target, now, attempt));
        Runs.Add(run);
        return run;
    }

    /// <summary>Returns a run as a client sees it, and counts polls; null if it is unknown or hidden by a fault.</summary>
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

        return VisibleState(run, operation) is { } state ? (run, state) : null;
    }

    /// <summary>Returns the state of a run as a list shows it; null if it is hidden by a fault.</summary>
    internal RunState? VisibleState(SimulatedRun run, string operation) => Faults.VisibleState(run, operation, Time.GetUtcNow())?.ShiftedBy(Faults.SkewOf(run.Platform));

    /// <summary>Returns the actual state of a run by its platform's clock, ignoring other faults, for responses to commands.</summary>
    public RunState ActualState(SimulatedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.At(Time.GetUtcNow()).ShiftedBy(Faults.SkewOf(run.Platform));
    }

    internal DateTimeOffset NowAt(string platform) => Time.GetUtcNow() + Faults.SkewOf(platform);
}
