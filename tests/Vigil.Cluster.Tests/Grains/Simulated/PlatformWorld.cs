using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Queries;
using Vigil.Platforms;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>The simulated platforms over HTTP and silos that watch them; the simulator's ledger is the witness of what was sent.</summary>
internal sealed class PlatformWorld : IAsyncDisposable
{
    private static int _lastTarget;

    private PlatformWorld(SimulatorHost simulator, VigilCluster cluster)
    {
        Simulator = simulator;
        Cluster = cluster;
    }

    public SimulatorHost Simulator { get; }

    public VigilCluster Cluster { get; }

    public SimulatedPlatforms Far => Simulator.Platforms;

    public SimulationLedger Ledger => Far.Ledger;

    public ExecutionReader Reader => Cluster.Service<ExecutionReader>();

    /// <param name="simulator">How the platforms are served.</param>
    /// <param name="silos">How many silos watch.</param>
    /// <param name="connect">Makes the connections.</param>
    public static async Task<PlatformWorld> StartAsync(
        Func<SimulatorHost, IEnumerable<ConnectionOptions>> connect, SimulatorOptions? simulator = null, short silos = 1)
    {
        var host = await SimulatorHost.StartAsync(simulator ?? SimulatorOptions.Lenient);
        return new PlatformWorld(host, await VigilCluster.StartAsync(silos, cluster => cluster.Connections.AddRange(connect(host))));
    }

    /// <summary>Has starts of a target of its own go as scripted, and returns the target.</summary>
    public string Script(RunScript script)
    {
        var target = $"target-{Interlocked.Increment(ref _lastTarget)}";
        Far.Scripts.Set(null, target, script);
        return target;
    }

    /// <summary>Starts an execution and returns its id.</summary>
    public async Task<string> StartAsync(string connection, string target, string? input = null, ImmutableDictionary<string, string>? metadata = null)
    {
        var id = VigilCluster.NewId();
        await Cluster.Execution(id).StartAsync(Request(connection, target, input, metadata));
        return id;
    }

    public StartExecution Request(string connection, string target, string? input = null, ImmutableDictionary<string, string>? metadata = null) => new()
    {
        Connection = connection,
        Target = SimulatedConnections.TargetOf(Cluster.Service<PlatformConnections>().Get(connection).Platform.Name, target),
        Input = input,
        Metadata = metadata ?? ImmutableDictionary<string, string>.Empty,
        Deadline = TimeSpan.FromHours(1),
    };

    /// <summary>Returns an execution that has ended, once nothing is left to do for it.</summary>
    public async Task<Execution> EndAsync(string id, int attempt = 1)
    {
        await Cluster.Store.EventsUntilAsync(id, stored => stored.Type == ExecutionEventTypes.Ended && stored.Attempt == attempt, $"the end of attempt {attempt}");
        Execution? ended = null;
        await Eventually.Async(
            async () => (ended = await Reader.FindAsync(id)) is { Terminal: true, PendingWork: PendingWork.None } && ended.Attempt >= attempt,
            "nothing is left to do");
        return ended!;
    }

    /// <summary>Has the runs of a target that is <see cref="Scripted.Endless"/> end after all, by their steps or as scripted.</summary>
    public void LetEnd(string target, RunScript? script = null)
    {
        foreach (var run in Far.Runs.All().Where(run => run.Target.Id == target))
        {
            run.Rewrite(script ?? Scripted.Paced(0.05), Far.Time.GetUtcNow());
        }
    }

    /// <summary>Returns an execution whose start the platform has confirmed.</summary>
    public async Task<Execution> StartedAsync(string id)
    {
        await Cluster.Store.EventsUntilAsync(id, stored => stored.Type == ExecutionEventTypes.Started, "the start");
        return (await Reader.FindAsync(id))!;
    }

    public async Task<Execution> RunAsync(string connection, RunScript script, string? input = null) =>
        await EndAsync(await StartAsync(connection, Script(script), input));

    /// <summary>Returns how the run of an execution really went.</summary>
    public LedgerRun TruthOf(Execution execution) => Far.LedgerRuns().Single(run => run.RunId == execution.RemoteId);

    /// <summary>Returns the runs that were really started of a target.</summary>
    public IReadOnlyList<LedgerRun> RunsOf(string target) => [.. Far.LedgerRuns().Where(run => run.Target == target)];

    /// <summary>Returns the requests that named an execution's run.</summary>
    public IReadOnlyList<LedgerRequest> RequestsOf(Execution execution, string? operation = null) => Ledger.Requests(operation: operation, runId: execution.RemoteId);

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await Simulator.DisposeAsync();
    }
}
