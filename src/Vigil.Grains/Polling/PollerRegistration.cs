using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Vigil.Grains.Polling;

/// <summary>Registers the silo's poller.</summary>
internal static class PollerRegistration
{
    /// <summary>Adds <see cref="SiloPoller"/>, which stops with the silo. The connections must be registered beside it.</summary>
    public static IServiceCollection AddSiloPoller(this IServiceCollection services)
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
            Share = provider.GetRequiredService<BudgetShare>(),
        });
        services.TryAddSingleton<SiloPoller>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, SiloPoller>(
            provider => provider.GetRequiredService<SiloPoller>()));
        return services;
    }
}
