using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Vigil.Platforms;

/// <summary>Registers the platforms that Vigil knows and the connections to them.</summary>
public static class PlatformRegistration
{
    /// <summary>
    /// Adds every platform, and <see cref="PlatformConnections"/> as configured in section <c>Vigil:Connections</c>.
    /// If that section is invalid, starting the host fails with all errors listed at once.
    /// </summary>
    public static IServiceCollection AddVigilPlatforms(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddVigilPlatform<Agentic.AgenticPlatform>();
        services.AddVigilPlatform<GloriaMundo.GloriaMundoPlatform>();
        services.AddVigilPlatform<Moderately.ModeratelyPlatform>();
        services.AddVigilPlatform<Cognite.CognitePlatform>();
        services.AddVigilPlatform<Manifest.ManifestPlatform>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddOptionsWithValidateOnStart<ConfiguredConnections>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ConfiguredConnections>, ConfigureConnections>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ConfiguredConnections>, ConnectionsValidator>());
        services.TryAddSingleton(Open);
        return services;
    }

    /// <summary>Adds one connection in code, in addition to the configured ones.</summary>
    public static IServiceCollection AddVigilConnection(this IServiceCollection services, ConnectionOptions connection)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connection);
        return services.Configure<ConfiguredConnections>(configured => configured.Connections.Add(connection));
    }

    /// <summary>Adds a platform, whose name no other one has.</summary>
    public static IServiceCollection AddVigilPlatform<TPlatform>(this IServiceCollection services)
        where TPlatform : class, IPlatform
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPlatform, TPlatform>());
        return services;
    }

    private static PlatformConnections Open(IServiceProvider services)
    {
        var platforms = services.GetServices<IPlatform>().ToDictionary(platform => platform.Name, StringComparer.Ordinal);
        var configured = services.GetRequiredService<IOptions<ConfiguredConnections>>().Value.Connections;
        var time = services.GetRequiredService<TimeProvider>();
        return new PlatformConnections(configured.Select(options => new PlatformConnection(options, platforms[options.Platform], time)));
    }
}
