using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;

namespace Orleans.Runtime.Hosting
{
    /// <summary>Adds storage providers.</summary>
    public static class StorageProviderExtensions
    {
        /// <summary>Adds a storage provider. The one with the name "Default" serves states that name none.</summary>
        public static IServiceCollection AddGrainStorage<T>(
            this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
            where T : IGrainStorage
        {
            collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => implementationFactory(services, (string)key));
            if (name == MemoryGrainStorageSiloBuilderExtensions.DefaultName)
            {
                collection.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(name));
            }

            if (typeof(ILifecycleParticipant<ISiloLifecycle>).IsAssignableFrom(typeof(T)))
            {
                collection.AddSingleton(services => (ILifecycleParticipant<ISiloLifecycle>)services.GetRequiredKeyedService<IGrainStorage>(name));
            }

            return collection;
        }
    }
}

namespace Orleans.Hosting
{
    /// <summary>Adds storage that lives as long as the cluster.</summary>
    public static class MemoryGrainStorageSiloBuilderExtensions
    {
        internal const string DefaultName = "Default";

        /// <summary>Adds it for states that name no provider.</summary>
        public static ISiloBuilder AddMemoryGrainStorageAsDefault(
            this ISiloBuilder builder, Action<OptionsBuilder<MemoryGrainStorageOptions>>? configureOptions = null) =>
            builder.AddMemoryGrainStorage(DefaultName, configureOptions);

        /// <summary>Adds it under a name.</summary>
        public static ISiloBuilder AddMemoryGrainStorage(
            this ISiloBuilder builder, string name, Action<OptionsBuilder<MemoryGrainStorageOptions>>? configureOptions = null) =>
            builder.ConfigureServices(services =>
            {
                configureOptions?.Invoke(services.AddOptions<MemoryGrainStorageOptions>(name));
                Runtime.Hosting.StorageProviderExtensions.AddGrainStorage(
                    services, name, (provider, key) => new MemoryStorage(provider.GetRequiredService<MemoryRecords>(), key));
            });
    }

    /// <summary>Adds reminders.</summary>
    public static class SiloBuilderReminderExtensions
    {
        /// <summary>Adds reminders, over the <see cref="IReminderTable"/> among the services.</summary>
        public static ISiloBuilder AddReminders(this ISiloBuilder builder) => builder.ConfigureServices(services =>
        {
            if (!services.Any(service => service.ServiceType == typeof(Runtime.ReminderService)))
            {
                services.AddSingleton<Runtime.ReminderService>();
                services.AddSingleton<ILifecycleParticipant<Runtime.ISiloLifecycle>>(
                    provider => provider.GetRequiredService<Runtime.ReminderService>());
            }
        });
    }

    /// <summary>Adds reminders that live as long as the cluster.</summary>
    public static class SiloBuilderReminderMemoryExtensions
    {
        /// <summary>Adds reminders and a table in memory.</summary>
        public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder) => builder.AddReminders().ConfigureServices(services =>
            services.AddSingleton<IReminderTable>(provider => provider.GetRequiredService<MemoryReminderTable>()));
    }
}
