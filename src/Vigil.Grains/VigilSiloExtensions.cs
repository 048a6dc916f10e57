using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.GrainDirectory;
using Vigil.Grains.Connections;
using Vigil.Grains.Delivery;
using Vigil.Grains.Executions;
using Vigil.Grains.Polling;
using Vigil.Grains.Queries;
using Vigil.Grains.Recovery;
using Vigil.Grains.Runs;
using Vigil.Storage.Clustering;

namespace Vigil.Grains;

/// <summary>Adds Vigil's grains to a silo.</summary>
public static class VigilSiloExtensions
{
    /// <summary>
    /// Adds everything of Vigil that runs in a silo: the store, the platforms and their connections, the poller, the grains, recovery and deliveries.
    /// If section <c>Vigil</c> is invalid, starting the host fails with all errors listed at once. May be called more than once. <c>AddVigil</c> of the package
    /// Vigil adds what a host needs beside it.
    /// </summary>
    /// <param name="builder">The silo builder.</param>
    /// <param name="configureStore">Configures the store beyond its configuration section.</param>
    public static ISiloBuilder AddVigilGrains(this ISiloBuilder builder, Action<VigilStoreOptions>? configureStore = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.AddVigilStore(options =>
        {
            options.StateJson = StateJson.Default.Options;
            configureStore?.Invoke(options);
        });
        builder.AddReminders();
        builder.Services.AddVigilPlatforms();
        AddOptions<PollingOptions, PollingOptionsValidator>(builder.Services, PollingOptions.SectionName);
        AddOptions<RecoveryOptions, RecoveryOptionsValidator>(builder.Services, RecoveryOptions.SectionName);
        AddOptions<DeliveryOptions, DeliveryOptionsValidator>(builder.Services, DeliveryOptions.SectionName);
        AddOptions<StoppingOptions, StoppingOptionsValidator>(builder.Services, StoppingOptions.SectionName);
        AddPoller(builder.Services);
        AddConnections(builder.Services);
        builder.Services.TryAddSingleton<ExecutionServices>();
        builder.Services.TryAddSingleton<ExecutionReader>();
        builder.Services.TryAddSingleton<EventReader>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IGrainDirectoryResolver, QueryGrainDirectory>());
        AddRecovery(builder.Services);
        AddLifecycleParticipant<AdoptRules>(builder.Services);
        builder.Services.TryAddSingleton<DeliveryAttempts>();
        AddLifecycleParticipant<DeliveryService>(builder.Services);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainService>());
        return builder;
    }

    private static void AddOptions<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptionsWithValidateOnStart<TOptions>().BindSettings(section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
    }

    private static void AddConnections(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGrainPropertiesProvider, ClusterConnections.Publisher>());
        if (services.All(service => service.ServiceType != typeof(ClusterConnections)))
        {
            services.AddSingleton<ClusterConnections>();
            services.AddSingleton<SiloConnectionsClient>();
            services.AddSingleton<RunLister>();
            services.AddGrainService<SiloConnections>();
            services.AddPlacementFilter<KnownConnectionPlacement, KnownConnectionFilter>(ServiceLifetime.Transient);
        }
    }

    private static void AddPoller(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<PollerInstruments>();
        services.TryAddSingleton<IPollerGrains, PollerGrains>();
        services.TryAddSingleton<BudgetShare>();
        services.TryAddSingleton(provider => new PollerServices(
            provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
            provider.GetRequiredService<IPollerGrains>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<PollerInstruments>(),
            provider.GetRequiredService<ILogger<SiloPoller>>())
        {
            Options = provider.GetRequiredService<IOptions<PollingOptions>>().Value,
            Stopping = provider.GetRequiredService<IOptions<StoppingOptions>>().Value,
            Store = provider.GetRequiredService<StoreHealth>(),
            Share = provider.GetRequiredService<BudgetShare>(),
            MayAct = provider.GetService<DatabaseClaim>() is { } claim ? () => claim.IsHeld : static () => true,
        });
        AddLifecycleParticipant<SiloPoller>(services);
    }

    private static void AddRecovery(IServiceCollection services)
    {
        services.TryAddSingleton<SiloMembers>();
        services.TryAddSingleton<OwnerCorrections>();
        services.TryAddSingleton<WakeQueue>();
        services.TryAddSingleton<ExecutionAudit>();
        AddLifecycleParticipant<RecoveryService>(services);
    }

    private static void AddLifecycleParticipant<T>(IServiceCollection services)
        where T : class, ILifecycleParticipant<ISiloLifecycle>
    {
        services.TryAddSingleton<T>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, T>(provider => provider.GetRequiredService<T>()));
    }
}
