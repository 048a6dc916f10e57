using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Vigil.Grains.Delivery;
using Vigil.Grains.Executions;
using Vigil.Grains.Polling;
using Vigil.Grains.Queries;
using Vigil.Grains.Recovery;

namespace Vigil.Grains;

/// <summary>Puts Vigil into a silo.</summary>
public static class VigilSiloExtensions
{
    /// <summary>
    /// Adds all of Vigil that runs in a silo: the store, the platforms and their connections, the poller, the grains, recovery and deliveries.
    /// Starting the host fails with everything that is wrong in section <c>Vigil</c> listed at once. May be called more than once.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configureStore">Sets options of the store beyond those of its section.</param>
    public static ISiloBuilder AddVigil(this ISiloBuilder builder, Action<VigilStoreOptions>? configureStore = null)
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
        builder.Services.AddSiloPoller();
        AddExecutions(builder.Services);
        AddRecovery(builder.Services);
        AddDeliveries(builder.Services);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainService>());
        builder.Services.AddOptions<HostOptions>().Configure<IConfiguration>(SetShutdownTimeout);
        return builder;
    }

    // The host reads its options before any are validated, so one that is wrong is left to the validation, which tells all that is.
    private static void SetShutdownTimeout(HostOptions host, IConfiguration configuration)
    {
        var setting = configuration[$"{StoppingOptions.SectionName}:{nameof(StoppingOptions.Timeout)}"];
        host.ShutdownTimeout = TimeSpan.TryParse(setting, CultureInfo.InvariantCulture, out var timeout) && timeout > TimeSpan.Zero
            ? timeout
            : new StoppingOptions().Timeout;
    }

    private static void AddOptions<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptionsWithValidateOnStart<TOptions>().BindConfiguration(section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, SettingNames<TOptions>>(
            provider => new(provider.GetRequiredService<IConfiguration>().GetSection(section))));
    }

    private static void AddExecutions(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ExecutionServices>();
        services.TryAddSingleton<ExecutionReader>();
        services.TryAddSingleton<ConnectionReader>();
    }

    private static void AddRecovery(IServiceCollection services)
    {
        services.TryAddSingleton<SiloMembers>();
        services.TryAddSingleton<OwnerCorrections>();
        services.TryAddSingleton<WakeQueue>();
        services.TryAddSingleton<ExecutionAudit>();
        AddLifecycleParticipant<RecoveryService>(services);
    }

    private static void AddDeliveries(IServiceCollection services)
    {
        services.TryAddSingleton<SubscriberCalls>();
        services.TryAddSingleton<DeliveryAttempts>();
        AddLifecycleParticipant<DeliveryService>(services);
    }

    private static void AddLifecycleParticipant<T>(IServiceCollection services)
        where T : class, ILifecycleParticipant<ISiloLifecycle>
    {
        services.TryAddSingleton<T>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, T>(provider => provider.GetRequiredService<T>()));
    }
}
