using Vigil.Silo;
using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>
/// The simulated platforms. They run in this process, so that they outlive every silo and their ledger can be trusted. They fail at random, as real
/// platforms do.
/// </summary>
internal sealed class Platforms : IAsyncDisposable
{
    private const string CutStart = "cut-start-";
    private static readonly string[] WithoutMarker = ["agentic", "gloriamundo", "moderately"];

    private readonly SimulatorHost _simulator;

    private Platforms(SimulatorHost simulator) => _simulator = simulator;

    /// <summary>Gets the connections to them, as environment variables of a silo.</summary>
    public IEnumerable<KeyValuePair<string, string>> Connections =>
        SimulatedConnections.For(_simulator.Address).Select(pair => KeyValuePair.Create(pair.Key.Replace(":", "__", StringComparison.Ordinal), pair.Value!));

    public static async Task<Platforms> StartAsync(int seed, CancellationToken cancellationToken)
    {
        var simulator = await SimulatorHost.StartAsync(new() { Seed = seed }, cancellationToken);
        Targets.AddTo(simulator.Platforms.Scripts);
        AddFaults(simulator.Platforms.Faults, seed);
        return new(simulator);
    }

    /// <summary>Starts platforms that do not fail, but take their time to answer a start.</summary>
    public static async Task<Platforms> StartSlowAsync(TimeSpan answerDelay, CancellationToken cancellationToken)
    {
        var simulator = await SimulatorHost.StartAsync(cancellationToken: cancellationToken);
        simulator.Platforms.Faults.Add(new() { Kind = FaultKind.Delay, DelaySeconds = answerDelay.TotalSeconds, Operation = "start", AfterActing = true });
        return new(simulator);
    }

    /// <summary>Returns every run as it really went.</summary>
    public IReadOnlyList<RealRun> Ledger() =>
    [
        .. _simulator.Platforms.LedgerRuns().Select(run => new RealRun(
            run.Platform, run.Marker ?? "no marker", run.RunId, run.Attempt, run.EndedAt is not null, StatusOf(run.Phase))),
    ];

    /// <summary>Counts the starts that took effect but whose answer was cut, on platforms where a start cannot be found by its marker.</summary>
    public long UnconfirmableStarts => WithoutMarker.Sum(platform => _simulator.Platforms.Faults.StrikesOf(CutStart + platform));

    /// <summary>Gets how many starts were asked for.</summary>
    public long Starts => _simulator.Platforms.Ledger.Count(operation: "start");

    public long Requests => _simulator.Platforms.Ledger.Total;

    public ValueTask DisposeAsync() => _simulator.DisposeAsync();

    private static void AddFaults(FaultBook faults, int seed)
    {
        Add("limit", 0.01, new() { Kind = FaultKind.RateLimit, RetryAfterSeconds = 1 });
        Add("slow", 0.02, new() { Kind = FaultKind.Delay, DelaySeconds = 3 });
        foreach (var operation in new[] { "status", "status_many", "list", "cancel" })
        {
            Add($"error-{operation}", 0.02, new() { Kind = FaultKind.Status, Status = 503, Operation = operation });
            Add($"cut-{operation}", 0.02, new() { Kind = FaultKind.Cut, AfterActing = true, Operation = operation });
            Add($"truncated-{operation}", 0.01, new() { Kind = FaultKind.Truncated, Operation = operation });
        }

        foreach (var platform in WithoutMarker)
        {
            Add(CutStart + platform, 0.01, new() { Kind = FaultKind.Cut, AfterActing = true, Operation = "start", Platform = platform });
        }

        // Where a start can be found by its marker, a lost answer does no harm, so it may happen more often.
        foreach (var platform in new[] { "manifest", "cognite" })
        {
            Add(CutStart + platform, 0.05, new() { Kind = FaultKind.Cut, AfterActing = true, Operation = "start", Platform = platform });
        }

        void Add(string id, double probability, FaultRule rule) => faults.Add(rule with { Id = id, Probability = probability, Seed = seed });
    }

    private static ExecutionStatus StatusOf(RunPhase phase) => phase switch
    {
        RunPhase.Queued => ExecutionStatus.Pending,
        RunPhase.AwaitingInput => ExecutionStatus.AwaitingInput,
        RunPhase.Succeeded => ExecutionStatus.Succeeded,
        RunPhase.Failed => ExecutionStatus.Failed,
        RunPhase.Cancelled => ExecutionStatus.Cancelled,
        RunPhase.Killed => ExecutionStatus.Terminated,
        RunPhase.TimedOut => ExecutionStatus.TimedOut,
        _ => ExecutionStatus.Running,
    };
}

/// <summary>A run in the platforms' own ledger.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Order">The key of the order, from the run's input.</param>
/// <param name="RemoteId">The platform's id.</param>
/// <param name="Attempt">The number of its attempt.</param>
/// <param name="Ended">Whether it has ended on the platform.</param>
/// <param name="Outcome">Its actual status.</param>
internal sealed record RealRun(string Platform, string Order, string RemoteId, int Attempt, bool Ended, ExecutionStatus Outcome);
