using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Vigil.Grains.Connections;
using Vigil.Grains.Executions;
using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;
using Vigil.Platforms;
using Vigil.Storage;
using Vigil.Tests.Lifecycle.Simulation.Hosting;
using Vigil.Tests.Lifecycle.Simulation.Storage;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>A process with Vigil in it: its poller and what its grains use, as a silo composes them.</summary>
internal sealed class Silo : Process
{
    public const string Connection = "main";

    private static readonly PollerInstruments Instruments = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    public Silo(World world, int place, int generation)
        : this(world, SiloAddress.New(IPAddress.Loopback, 11111 + place, generation))
    {
    }

    private Silo(World world, SiloAddress address)
        : base(world, address.ToParsableString())
    {
        Address = address;
        var log = new FaultLog(world);
        var grains = new GrainFactory(world, this);
        var members = new SiloMembers(new LocalSilo(address), world.Cluster.Membership, manifests: null!);
        Store = new(world, this);
        Connections = new([new PlatformConnection(world.Scenario.Connection, new SimulatedPlatform(world, this), Clock)]);
        Poller = new(Connections, new(Name, new PollerGrains(grains), Clock, Instruments, log) { Random = new(world.Pick(int.MaxValue)), Scheduler = Scheduler });
        var health = new StoreHealth();
        var owners = new OwnerCorrections(Store, health, members, Clock, log);

        var wakes = new WakeQueue(grains, health, Options.Create(new RecoveryOptions()), Clock, NullLogger<WakeQueue>.Instance) { Random = new(address.Generation) };
        Start(() => wakes.RunAsync(CancellationToken.None));

        // All silos have the same connection, so none looks for it at the others.
        var cluster = new ClusterConnections(Connections, new LocalSilo(address), manifests: null!, world.Cluster.Membership);
        Services = new(Store, health, Poller, Connections, cluster, members, owners, wakes, grains, Clock)
        {
            Rules = (state, input, context) => world.Promises.Apply(this, state, input, context),
        };
    }

    public SiloAddress Address { get; }

    public SiloPoller Poller { get; }

    public ExecutionServices Services { get; }

    public SiloStore Store { get; }

    private PlatformConnections Connections { get; }

    public void Crash()
    {
        if (Die())
        {
            World.Trace?.Invoke($"silo {Name} dies");
            World.Cluster.Replace(this);
        }
    }

    public void Freeze(double seconds)
    {
        if (!StandStill(seconds, Thaw))
        {
            return;
        }

        World.Trace?.Invoke($"silo {Name} freezes for {seconds:F1}");
        if (seconds > 12)
        {
            World.Cluster.Suspect(this);
        }
    }

    /// <summary>Sets the calendar; the steady clock goes on.</summary>
    public void SetClock(TimeSpan ahead)
    {
        World.Trace?.Invoke($"silo {Name} has its clock set to {ahead:c} ahead");
        Clock.Ahead = ahead;
    }

    private void Thaw()
    {
        World.Trace?.Invoke($"silo {Name} goes on");
        if (!World.Cluster.IsActive(this))
        {
            // It learns that the others have given it up, and ends itself; what it does until then it does in good faith.
            Post(1, Crash);
        }
    }

    /// <summary>Whatever Vigil itself calls an error is a broken promise; what the world does to it are warnings.</summary>
    private sealed class FaultLog(World world) : ILogger<OwnerCorrections>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                world.Break($"Vigil calls it an error: {formatter(state, exception)} {exception}");
            }
        }
    }
}
