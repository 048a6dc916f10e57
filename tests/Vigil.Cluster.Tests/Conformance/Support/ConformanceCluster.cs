using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Hosting;

namespace Vigil.Cluster.Tests.Conformance.Support;

/// <summary>
/// One silo that most tests share, each with grains of its own. The clock of grains stands still unless a test moves it;
/// everything else runs in real time.
/// </summary>
public sealed class ConformanceCluster : IAsyncLifetime
{
    internal const string Memory = "memory";
    internal const string Scripted = "scripted";

    private TestClusterHost? _host;

    internal ManualClock Clock { get; } = new();

    internal Stage Stage { get; } = new();

    internal ScriptedStorage Storage { get; } = new();

    internal TestClusterHost Host => _host ?? throw new InvalidOperationException("The cluster has not started.");

    internal IClusterClient Client => Host.Client;

    /// <summary>Gets the services of the silo.</summary>
    internal IServiceProvider SiloServices => Host.Silos[0].ServiceProvider;

    public async Task InitializeAsync() => _host = await TestClusterHost.StartAsync(1, ConfigureSilo);

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>A grain that no other test knows.</summary>
    internal T NewGrain<T>() where T : IGrainWithStringKey => Client.GetGrain<T>(NewKey());

    internal static string NewKey() => Guid.NewGuid().ToString("N");

    internal Journal JournalOf(IGrainWithStringKey grain) => Stage.Journal(grain.GetPrimaryKeyString());

    internal Gate GateOf(IGrainWithStringKey grain) => Stage.Gate(grain.GetPrimaryKeyString());

    private void ConfigureSilo(ISiloBuilder silo)
    {
        silo.AddMemoryGrainStorage(Memory);
        silo.UseInMemoryReminderService();
        silo.Services.AddSingleton(Stage);
        silo.Services.AddKeyedSingleton<Orleans.Storage.IGrainStorage>(Scripted, Storage);
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, Clock);
        silo.Services.AddScoped<ScopedService>();
        silo.Services.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));
    }
}

[CollectionDefinition(Name)]
public sealed class ConformanceCollection : ICollectionFixture<ConformanceCluster>
{
    internal const string Name = "Conformance";
}
