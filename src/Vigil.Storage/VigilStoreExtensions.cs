using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Vigil.Storage.Adapters;
using Vigil.Storage.Clustering;
using Vigil.Storage.Postgres;
using Vigil.Storage.Sqlite;

namespace Vigil.Storage;

/// <summary>Adds Vigil's store to a host.</summary>
public static class VigilStoreExtensions
{
    /// <summary>Adds the store, which is opened before all other services start and closed with the host. May be called more than once.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options beyond those of the section <see cref="VigilStoreOptions.SectionName"/>.</param>
    public static IServiceCollection AddVigilStore(this IServiceCollection services, Action<VigilStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        var options = services.AddOptionsWithValidateOnStart<VigilStoreOptions>().BindConfiguration(VigilStoreOptions.SectionName);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VigilStoreOptions>, VigilStoreOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VigilStoreOptions>, PostgresOptionsValidator>());
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StoreHealth>();
        services.TryAddSingleton(CreateStore);
        return services.AddBeforeStart<StoreInitializer>();
    }

    /// <summary>
    /// Adds the store, the grain storage providers <see cref="VigilStorage.ProviderName"/> and
    /// <see cref="VigilStorage.UnindexedProviderName"/>, and the reminder table. The host must add the reminder service itself.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets options beyond those of the section <see cref="VigilStoreOptions.SectionName"/>.</param>
    public static ISiloBuilder AddVigilStore(this ISiloBuilder builder, Action<VigilStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var services = builder.Services.AddVigilStore(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VigilStoreOptions>, VigilSiloStoreOptionsValidator>());
        services.TryAddKeyedSingleton<IGrainStorage>(VigilStorage.ProviderName, (provider, _) => new VigilGrainStorage(
            provider.GetRequiredService<IVigilStore>(), new(provider.GetRequiredService<IOptions<VigilStoreOptions>>().Value.StateJson!)));
        UnindexedGrainStorage.Add(builder);
        services.TryAddSingleton<IReminderTable, VigilReminderTable>();
        return builder;
    }

    internal static IVigilStore CreateStore(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<VigilStoreOptions>>().Value;
        var health = provider.GetRequiredService<StoreHealth>();
        var hook = provider.GetService<IWriteHook>();
        return options.ConnectionString is { } connectionString
            ? new PostgresStore(new() { ConnectionString = connectionString, Claim = provider.GetService<DatabaseClaim>(), Health = health, Hook = hook })
            : new SqliteStore(new()
            {
                DataFolder = Path.GetFullPath(options.DataFolder),
                Logger = provider.GetRequiredService<ILogger<SqliteStore>>(),
                Health = health,
                Hook = hook,
            });
    }
}
