using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Hosting;
using Vigil.Grains;
using Vigil.Grains.Queries;
using Vigil.Platforms;
using Vigil.Storage;
using Vigil.Storage.Sqlite;
using Vigil.Testing;

namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>Silos with all of Vigil on one SQLite store in a temporary folder, and a scripted platform that they watch.</summary>
internal sealed class VigilCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vigil-cluster-").FullName;

    public ScriptedPlatform Platform { get; } = new();

    public CountingStore Store { get; private set; } = null!;

    public ShiftedTime Time { get; } = new();

    /// <summary>Gets the disk of the store, which fails at will.</summary>
    public FailingDisk Disk { get; } = new();

    public StoreHealth StoreHealth { get; } = new();

    /// <summary>Gets connections beside the scripted one.</summary>
    public List<ConnectionOptions> Connections { get; } = [];

    /// <summary>Gets or sets what is added to every silo.</summary>
    public Action<ISiloBuilder> ConfigureSilos { get; set; } = _ => { };

    public TestClusterHost Host { get; private set; } = null!;

    public IGrainFactory Grains => Host.Client;

    public static async Task<VigilCluster> StartAsync(short silos = 1, Action<VigilCluster>? configure = null)
    {
        var cluster = new VigilCluster();
        configure?.Invoke(cluster);
        await cluster.StartSilosAsync(silos);
        return cluster;
    }

    /// <summary>Stops all silos and starts as many new ones on the same data, as a restart of the whole cluster does.</summary>
    public async Task RestartAsync(short silos = 1)
    {
        await Host.DisposeAsync();
        await Store.CloseAsync();
        await StartSilosAsync(silos);
    }

    public T Service<T>(int silo = 0)
        where T : notnull => Host.Silos[silo].ServiceProvider.GetRequiredService<T>();

    /// <summary>Reads what is stored. A grain that is asked may not have heard yet of the write whose event is there to be read.</summary>
    public async Task<Execution> StoredAsync(string id) => await Service<ExecutionReader>().FindAsync(id) ?? throw new ExecutionNotFoundException(id);

    public IExecutionGrain Execution(string id) => Grains.GetGrain<IExecutionGrain>(id);

    public static string NewId() => Guid.CreateVersion7().ToString();

    public static StartExecution Request(string target = "t", string? input = null, TimeSpan? deadline = null, params IExecutionSubscriber[] subscribers) => new()
    {
        Connection = ScriptedPlatform.ConnectionName,
        Target = new("workflow", target),
        Input = input,
        Deadline = deadline ?? TimeSpan.FromHours(1),
        Subscribers = [.. subscribers],
    };

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Store.CloseAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartSilosAsync(short silos)
    {
        // Silos of one process share the store's file through one store, as those of one machine share its process.
        Store = new(new SqliteStore(new() { DataFolder = _folder, Health = StoreHealth, Hook = Disk }));
        await Store.OpenAsync(CancellationToken.None);
        Host = await TestClusterHost.StartAsync(silos, ConfigureSilo);
    }

    private void ConfigureSilo(ISiloBuilder silo)
    {
        silo.Services.AddSingleton<TimeProvider>(Time);
        silo.Services.AddSingleton<IVigilStore>(Store);
        silo.Services.AddSingleton(StoreHealth);
        silo.Services.AddSingleton<IPlatform>(Platform);
        silo.Services.AddVigilConnection(new() { Name = ScriptedPlatform.ConnectionName, Platform = Platform.Name, Credential = "secret" });
        Connections.ForEach(connection => silo.Services.AddVigilConnection(connection));
        silo.AddVigilGrains(options => options.DataFolder = _folder);
        ConfigureSilos(silo);
    }
}
