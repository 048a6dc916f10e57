using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Vigil.Grains;
using Vigil.Hosting;
using Vigil.Storage;
using Vigil.Storage.Clustering;

namespace Orleans.Hosting;

/// <summary>Adds Vigil to a silo.</summary>
public static class SiloRegistration
{
    /// <summary>
    /// Adds Vigil to a silo, beside its own grains and with its own clustering: the store with its schema and its claim, the platforms and their connections,
    /// and everything that watches runs. Section <c>Vigil</c> of the host's configuration configures it; if that is invalid, starting the host fails with all
    /// errors listed at once. May be called more than once.
    /// </summary>
    /// <remarks>
    /// The host's logging, health and shutdown time-out stay as they are. If the silo has a table of reminders, Vigil uses it; otherwise it brings one, which
    /// serves the app's grains too. If the host has no clock of its own, the system's clock is replaced by one that is never set back, because after that Orleans
    /// would refuse new activations for as long.
    /// </remarks>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Adds platforms and connections, and configures the store.</param>
    public static ISiloBuilder AddVigil(this ISiloBuilder silo, Action<VigilBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.AddVigilGrains();
        KeepTimeSteady(silo.Services);
        AddClaim(silo.Services);
        SettingsCheck.AddFirst(silo.Services);
        silo.Services.AddOptionsWithValidateOnStart<VigilSettings.Marker>();
        silo.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VigilSettings.Marker>, VigilSettings>());
        configure?.Invoke(new VigilBuilder(silo));
        return silo;
    }

    // Orleans has registered the system's clock by now, if nobody else has registered a clock.
    private static void KeepTimeSteady(IServiceCollection services)
    {
        var clock = services.LastOrDefault(service => service.ServiceType == typeof(TimeProvider) && !service.IsKeyedService);
        if (clock?.ImplementationInstance == TimeProvider.System)
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new SteadyTime(TimeProvider.System)));
            services.AddHostedService<SteadyTimeLog>();
        }
    }

    private static void AddClaim(IServiceCollection services)
    {
        // A file is locked instead, so its store has no claim.
        services.TryAddSingleton<DatabaseClaim>(provider => provider.GetRequiredService<IOptions<VigilStoreOptions>>().Value.ConnectionString is { } database
            ? new(database, () => SiloClustering.NameOfCluster(provider), provider.GetRequiredService<ILogger<DatabaseClaim>>())
            : null!);
        services.AddBeforeStart<ClaimStart>();
    }

    private sealed class ClaimStart(IServiceProvider provider) : BeforeStartService
    {
        public override StartPhase Phase => StartPhase.Claim;

        public override Task StartingAsync(CancellationToken cancellationToken) =>
            provider.GetService<DatabaseClaim>()?.StartingAsync(cancellationToken) ?? Task.CompletedTask;
    }
}
