using System.Collections.Concurrent;
using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>The simulated platforms. They run in this process, so that they outlive every silo and their ledger can be trusted.</summary>
internal sealed class Platforms : IAsyncDisposable
{
    private const int LedgerCapacity = 4_000_000;

    // Low enough that a trial can tell whether it is kept, and high enough that nothing waits for it for long.
    private static readonly Budget Budget = new(PollsPerMinute: 1800, StartsPerMinute: 600);

    private readonly SimulatorHost _simulator;
    private readonly ConcurrentDictionary<string, string> _keys = new();
    private readonly TrialLimits _limits;

    private Platforms(SimulatorHost simulator, TrialLimits limits) => (_simulator, _limits) = (simulator, limits);

    public static IReadOnlyList<string> Names { get; } = ["agentic", "moderately", "manifest", "gloriamundo", "cognite"];

    /// <summary>Gets the budget of the connection to each.</summary>
    public static IReadOnlyDictionary<string, Budget> Budgets => Names.ToDictionary(name => name, _ => Budget);

    /// <summary>Gets the connections to them, as settings of a silo.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Connections
    {
        get
        {
            var settings = SimulatedConnections.For(_simulator.Address, hasLimits: false).ToDictionary();
            foreach (var section in settings.Keys.Where(key => key.EndsWith(":Name", StringComparison.Ordinal)).Select(key => key[..^5]).ToList())
            {
                settings[$"{section}:RequestTimeout"] = _limits.RequestTimeout.ToString("c", CultureInfo.InvariantCulture);
                settings[$"{section}:PollsPerMinute"] = Budget.PollsPerMinute.ToString(CultureInfo.InvariantCulture);
                settings[$"{section}:StartsPerMinute"] = Budget.StartsPerMinute.ToString(CultureInfo.InvariantCulture);
            }

            return settings;
        }
    }

    /// <summary>Gets the port that they listen on.</summary>
    public int Port => _simulator.Address.Port;

    public FaultBook Faults => _simulator.Platforms.Faults;

    public IReadOnlyList<LedgerRequest> Requests => _simulator.Platforms.Ledger.Requests();

    public static async Task<Platforms> StartAsync(int seed, TrialLimits limits, CancellationToken cancellationToken) =>
        new(await SimulatorHost.StartAsync(SimulatorOptions.Lenient with { Seed = seed, LedgerCapacity = LedgerCapacity }, cancellationToken), limits);

    /// <summary>Has the platforms run an order's own script.</summary>
    public void Prepare(Order order, double pace = 1)
    {
        _keys[order.Target] = order.Key;
        _simulator.Platforms.Scripts.Set(order.Platform, order.Target, Targets.Script(order.TargetKind, order.Number, pace));
    }

    /// <summary>Returns every run as it really went.</summary>
    public IReadOnlyList<RealRun> Ledger()
    {
        var now = _simulator.Platforms.Time.GetUtcNow();
        return
        [
            .. _simulator.Platforms.Runs.All().Select(run => new RealRun(
                _keys.GetValueOrDefault(run.Target.Id, run.Target.Id), run.Platform, run.Id, run.Attempt, run.AcceptedAt, run.Script, run.At(now))),
        ];
    }

    public ValueTask DisposeAsync() => _simulator.DisposeAsync();
}
