using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Grains;
using Vigil.Grains.Lifecycle;
using Vigil.Grains.Polling;
using Vigil.Platforms;

namespace Vigil.Tests.Polling.Support;

/// <summary>
/// A silo's poller between a scripted platform and scripted grains, in one thread and in manual time: after each step everything that can happen
/// has happened, so that a test can also say what does not happen.
/// </summary>
internal sealed class PollerWorld : IDisposable
{
    public const string Name = "acme";
    public const string Silo = "127.0.0.1:11111@1";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Lazy<SiloPoller> _poller;

    public PollerWorld()
    {
        Platform = new(Time);
        Grains = new(Time);
        _poller = new(() => new(
            new PlatformConnections([new PlatformConnection(Options, new ScriptedPlatform(Platform), Time)]),
            new PollerServices(Silo, Grains, Time, new PollerInstruments(Meters), Log) { Random = new Random(7), Scheduler = Scheduler, MayAct = () => MayAct }));
    }

    public ManualTimeProvider Time { get; } = new();

    public StepScheduler Scheduler { get; } = new();

    public ScriptedConnection Platform { get; }

    public ScriptedGrains Grains { get; }

    public ConnectionOptions Options { get; set; } = new() { Name = Name, Platform = "scripted" };

    public ListLog Log { get; } = new();

    /// <summary>Gets or sets a value indicating whether the silo holds its claim on the store.</summary>
    public bool MayAct { get; set; } = true;

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>Gets the poller; the platform's capabilities and the options must be set before.</summary>
    public SiloPoller Poller => _poller.Value;

    public TimeSpan Now => Time.Elapsed;

    public static ExecutionState Run(string id, ExecutionStatus status = ExecutionStatus.Running, int attempt = 1) => new()
    {
        Id = id,
        Connection = Name,
        Platform = "scripted",
        RequestHash = "",
        RemoteId = $"run-of-{id}",
        Attempt = attempt,
        Status = status,
        AttemptOpenedAt = ManualTimeProvider.Start,
        DeadlineAt = ManualTimeProvider.Start + TimeSpan.FromHours(24),
    };

    public SendPermit Permit(string id, int claim = 1, RemoteRun? retryOf = null) => new(
        retryOf is not null ? null : new(id, new("workflow", "w"), null, ImmutableDictionary<string, string>.Empty, TimeSpan.FromHours(24), Time.GetUtcNow()),
        retryOf,
        Time.GetUtcNow() + TimeSpan.FromSeconds(10),
        claim);

    /// <summary>Has a run watched that the platform says is running.</summary>
    public void Watch(string id, Snapshot? snapshot = null)
    {
        Platform.See($"run-of-{id}", snapshot ?? ScriptedConnection.Running());
        Poller.Watch(Run(id));
    }

    public void WatchMany(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Watch($"e{i}");
        }
    }

    /// <summary>Lets time pass, and everything happen that happens in it.</summary>
    public void Advance(TimeSpan by)
    {
        var limit = Time.Elapsed + by;
        do
        {
            Scheduler.RunUntilIdle();
        }
        while (Time.AdvanceToNextTimer(limit));

        Scheduler.RunUntilIdle();
    }

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Stops the poller; the framework completes some waits on its own threads, so the task is to be awaited.</summary>
    public Task StopAsync() =>
        Task.Factory.StartNew(() => Poller.StopAsync(), CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();

    /// <summary>Waits for something that is completed on another thread, and runs what follows from it.</summary>
    public async Task Completes(Task task)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!task.IsCompleted)
        {
            Scheduler.RunUntilIdle();
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await task;
    }

    /// <summary>Forgets what was asked and told so far.</summary>
    public void Clear()
    {
        Platform.Requests.Clear();
        Grains.Observed.Clear();
        Grains.Submitted.Clear();
    }

    public void Dispose() => _services.Dispose();

    private sealed class ScriptedPlatform(ScriptedConnection connection) : IPlatform
    {
        public string Name => "scripted";

        public IReadOnlyList<string> TargetKinds => ["workflow"];

        public void Validate(ConnectionOptions connection, ICollection<string> errors)
        {
        }

        public IPlatformConnection Connect(ConnectionOptions options, HttpClient http, TimeProvider time) => connection;
    }
}
