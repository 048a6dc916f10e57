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

        AddPlatform<Agentic.AgenticPlatform>(services);
        AddPlatform<GloriaMundo.GloriaMundoPlatform>(services);
        AddPlatform<Moderately.ModeratelyPlatform>(services);
        AddPlatform<Cognite.CognitePlatform>(services);
        AddPlatform<Manifest.ManifestPlatform>(services);

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

    private static void AddPlatform<TPlatform>(IServiceCollection services)
        where TPlatform : class, IPlatform =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPlatform, TPlatform>());

    private static PlatformConnections Open(IServiceProvider services)
    {
        var platforms = services.GetServices<IPlatform>().ToDictionary(platform => platform.Name, StringComparer.Ordinal);
        var configured = services.GetRequiredService<IOptions<ConfiguredConnections>>().Value.Connections;
        var time = services.GetRequiredService<TimeProvider>();
        return new PlatformConnections(configured.Select(options => new PlatformConnection(options, platforms[options.Platform], time)));
    }
}
