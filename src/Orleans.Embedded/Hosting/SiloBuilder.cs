using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Puts the engine's services into a host.</summary>
internal sealed class SiloBuilder : ISiloBuilder
{
    public SiloBuilder(IServiceCollection services, IConfiguration configuration)
    {
        Services = services;
        Configuration = configuration;

        services.AddOptions();
        services.AddLogging();
        services.AddClocks();
        services.TryAddSingleton<Cluster>();
        services.TryAddSingleton<MemoryRecords>();
        services.TryAddSingleton<MemoryReminderTable>();
        services.AddSingleton<Silo>();
        services.AddSingleton<SiloLifecycle>();
        services.AddSingleton<MembershipService>();
        services.AddSingleton<IClusterMembershipService>(provider => provider.GetRequiredService<MembershipService>());
        services.AddSingleton<ILocalSiloDetails>(provider => provider.GetRequiredService<Silo>());
        services.AddSingleton<IClusterClient>(provider =>
        {
            var silo = provider.GetRequiredService<Silo>();
            return new ClusterClient(silo.Cluster, silo.Caller, provider);
        });
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<IClusterClient>());
        services.AddScoped<IGrainContext>(_ => RuntimeContext.Current ?? throw new InvalidOperationException("This is no scope of an activation."));
        services.AddHostedService<SiloHost>();
    }

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }
}

/// <summary>Configures a client.</summary>
internal sealed class ClientBuilder(IServiceCollection services, IConfiguration configuration) : IClientBuilder
{
    public IServiceCollection Services => services;

    public IConfiguration Configuration => configuration;
}

/// <summary>What silos and clients have in common.</summary>
internal static class CommonServices
{
    public static void AddClocks(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, _) => provider.GetRequiredService<TimeProvider>());
    }
}
