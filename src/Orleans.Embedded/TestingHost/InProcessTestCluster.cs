using System.Collections.ObjectModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Embedded;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.TestingHost;

/// <summary>A cluster whose silos and client share this process.</summary>
public sealed class InProcessTestCluster : IAsyncDisposable
{
    private readonly List<InProcessSiloHandle> _silos = [];
    private readonly Cluster _cluster = new();
    private readonly ClusterFaults _faults;
    private readonly MemoryRecords _records = new();
    private readonly MemoryReminderTable _reminders = new();
    private IHost? _client;
    private short _startedSilos;

    internal InProcessTestCluster(InProcessTestClusterOptions options)
    {
        Options = options;
        _faults = new(_cluster);
    }

    /// <summary>Gets the description of the cluster.</summary>
    public InProcessTestClusterOptions Options { get; }

    /// <summary>Gets the silos that were started and neither stopped nor killed.</summary>
    public ReadOnlyCollection<InProcessSiloHandle> Silos => _silos.ToList().AsReadOnly();

    /// <summary>Gets the client, which is no part of any silo.</summary>
    public IClusterClient Client => _client is null
        ? throw new InvalidOperationException("The test cluster has no client before it is deployed.")
        : _client.Services.GetRequiredService<IClusterClient>();

    /// <summary>Starts the silos and the client.</summary>
    public async Task DeployAsync()
    {
        for (var i = 0; i < Options.InitialSilosCount; i++)
        {
            await StartAdditionalSiloAsync();
        }

        _client = await StartClientAsync();
    }

    /// <summary>Gets the services of a silo, or of any.</summary>
    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        _silos.First(handle => silo is null || handle.SiloAddress.Equals(silo)).ServiceProvider;

    /// <summary>Starts one more silo.</summary>
    public async Task<InProcessSiloHandle> StartAdditionalSiloAsync()
    {
        var handle = await StartSiloAsync(_startedSilos++);
        _silos.Add(handle);
        return handle;
    }

    /// <summary>Stops a silo in an orderly way.</summary>
    public Task StopSiloAsync(InProcessSiloHandle instance) => StopSiloAsync(instance, stopGracefully: true);

    /// <summary>Lets a silo vanish.</summary>
    public Task KillSiloAsync(InProcessSiloHandle instance) => StopSiloAsync(instance, stopGracefully: false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
            _client = null;
        }

        foreach (var silo in Silos)
        {
            await StopSiloAsync(silo);
        }
    }

    private async Task StopSiloAsync(InProcessSiloHandle instance, bool stopGracefully)
    {
        ArgumentNullException.ThrowIfNull(instance);
        _silos.Remove(instance);

        // Nothing on a frozen silo would come to its end.
        await instance.StopSiloAsync(stopGracefully && _cluster.Find(instance.SiloAddress).IsRunning);
        await instance.DisposeAsync();
    }

    private async Task<InProcessSiloHandle> StartSiloAsync(short number)
    {
        var options = new InProcessTestSiloSpecificOptions { SiloName = $"Silo_{number}" };
        var builder = NewHost(options.SiloName);
        builder.Services.AddSingleton(_records);
        builder.Services.AddSingleton(_reminders);
        foreach (var configure in Options.SiloHostConfigurationDelegates)
        {
            configure(options, builder);
        }

        builder.UseOrleans(silo => silo
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Options.ClusterId, Options.ServiceId))
            .Configure<SiloOptions>(named => named.SiloName = options.SiloName));
        MakeFreezable(builder.Services);

        var host = builder.Build();
        host.Services.GetRequiredService<FreezableTimeProvider>().Silo = host.Services.GetRequiredService<Silo>();
        await host.StartAsync();
        return new()
        {
            InstanceNumber = number,
            Name = options.SiloName,
            SiloHost = host,
            SiloAddress = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress,
        };
    }

    private async Task<IHost> StartClientAsync()
    {
        var builder = NewHost("TestClusterClient");
        foreach (var configure in Options.ClientHostConfigurationDelegates)
        {
            configure(builder);
        }

        builder.UseOrleansClient(_ => { });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private HostApplicationBuilder NewHost(string name)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = name, EnvironmentName = Environments.Development, DisableDefaults = true });
        builder.Services.AddSingleton(_cluster);
        builder.Services.AddSingleton(_faults);
        return builder;
    }

    private static void MakeFreezable(IServiceCollection services)
    {
        var clock = services.Last(service => service.ServiceType == typeof(TimeProvider) && !service.IsKeyedService);
        services.AddSingleton(provider => new FreezableTimeProvider(
            (TimeProvider)(clock.ImplementationInstance ?? clock.ImplementationFactory!(provider))));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<FreezableTimeProvider>());
    }
}
