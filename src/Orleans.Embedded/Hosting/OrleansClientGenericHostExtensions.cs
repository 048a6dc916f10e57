using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds a client to a host.</summary>
public static class OrleansClientGenericHostExtensions
{
    /// <summary>Adds a client to a host. It finds silos in a test cluster alone: beyond this process there is real Orleans.</summary>
    public static IHostApplicationBuilder UseOrleansClient(this IHostApplicationBuilder hostAppBuilder, Action<IClientBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostAppBuilder);
        ArgumentNullException.ThrowIfNull(configureDelegate);
        var services = hostAppBuilder.Services;
        services.AddClocks();
        services.TryAddSingleton(Client);
        services.TryAddSingleton<IGrainFactory>(provider => provider.GetRequiredService<IClusterClient>());
        configureDelegate(new ClientBuilder(services, hostAppBuilder.Configuration));
        return hostAppBuilder;
    }

    private static IClusterClient Client(IServiceProvider services)
    {
        var cluster = services.GetService<Cluster>()
            ?? throw new OrleansConfigurationException("The embedded engine has no clients outside of its silo. Build with the Orleans packages.");
        var timeout = services.GetRequiredService<IOptions<ClientMessagingOptions>>().Value.ResponseTimeout;
        var time = services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Messaging);
        return new ClusterClient(cluster, new(cluster, silo: null, timeout, time), services);
    }
}
