using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Vigil.Grains;
using Vigil.Hosting.Logging;
using Vigil.Storage;
using Vigil.Storage.Clustering;

namespace Vigil.Hosting;

/// <summary>Adds Vigil to a host.</summary>
public static class VigilHostingExtensions
{
    /// <summary>
    /// Adds an Orleans silo that runs Vigil. Section <c>Vigil</c> of the configuration configures the store (<c>Store</c>), the cluster (<c>Clustering</c>;
    /// without it the silo runs alone) and the accounts to watch (<c>Connections</c>). If the configuration is invalid, starting the host fails with
    /// all errors listed at once. Warnings and errors of Vigil and Orleans are bounded to a few a minute of each kind.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Extends the silo.</param>
    public static IHostApplicationBuilder AddVigilSilo(this IHostApplicationBuilder builder, Action<ISiloBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        LimitedLoggerFactory.Use(builder.Services);
        builder.Services.TryAddSingleton<TimeProvider>(new SteadyTime(TimeProvider.System));
        builder.Services.AddHostedService<SteadyTimeLog>();
        return builder.UseOrleans(silo =>
        {
            silo.UseVigilClustering(builder.Configuration);
            ClaimDatabase(silo.Services, builder.Configuration);
            silo.AddVigil();
            silo.Services.AddOptionsWithValidateOnStart<VigilSettings.Marker>();
            silo.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VigilSettings.Marker>, VigilSettings>());
            configure?.Invoke(silo);
        });
    }

    // Runs before the store is opened, so that a database that other silos use is not migrated to this version's schema.
    private static void ClaimDatabase(IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[$"{VigilStoreOptions.SectionName}:{nameof(VigilStoreOptions.ConnectionString)}"] is not null)
        {
            services.AddSingleton(provider => new DatabaseClaim(
                provider.GetRequiredService<IOptions<VigilStoreOptions>>().Value.ConnectionString!,
                () => SiloClustering.NameOfCluster(provider),
                provider.GetRequiredService<ILogger<DatabaseClaim>>()));
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DatabaseClaim>());
        }
    }
}
