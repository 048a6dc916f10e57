using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Vigil;
using Vigil.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds <see cref="IVigilClient"/> to an app.</summary>
public static class ClientRegistration
{
    private static readonly TimeSpan GatewayRefreshPeriod = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds the client over Orleans. The host must have an Orleans client (<c>UseOrleansClient</c>) or a silo of the cluster; nothing else of Vigil is needed.
    /// May be called twice.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the options.</param>
    public static IServiceCollection AddVigilClient(this IServiceCollection services, Action<VigilClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<VigilClientOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ClusterLink>();
        if (services.LastOrDefault(service => service.ServiceType == typeof(IClientConnectionRetryFilter)) is not { } filter
            || filter.ImplementationType?.Assembly == typeof(IClientConnectionRetryFilter).Assembly)
        {
            // Orleans' own filter does not say where it tried; one that the app chose stays.
            services.Replace(ServiceDescriptor.Singleton<IClientConnectionRetryFilter>(provider => provider.GetRequiredService<ClusterLink>()));
        }

        services.PostConfigure<GatewayOptions>(options =>
        {
            // For so long Orleans sends to a silo that the cluster has declared dead, if its connection is still open.
            if (options.GatewayListRefreshPeriod == new GatewayOptions().GatewayListRefreshPeriod)
            {
                options.GatewayListRefreshPeriod = GatewayRefreshPeriod;
            }
        });
        services.TryAddSingleton(provider => new GrainCalls(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ClusterLink>()));
        services.TryAddSingleton<EventFeed>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EventFeed>(provider => provider.GetRequiredService<EventFeed>()));
        services.TryAddSingleton(provider => new ExecutionGateway(
            provider.GetRequiredService<IClusterClient>(),
            provider.GetRequiredService<EventFeed>(),
            provider.GetRequiredService<GrainCalls>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        services.TryAddSingleton<IVigilClient>(provider => provider.GetRequiredService<ExecutionGateway>());
        return services;
    }

    /// <summary>Adds the client over HTTP, with an <see cref="HttpClient"/> of the factory.</summary>
    /// <param name="services">The services.</param>
    /// <param name="address">The address of the gateway, such as <c>http://127.0.0.1:5080</c>.</param>
    /// <param name="key">The API key, which is sent as a bearer token; null for none.</param>
    /// <returns>The builder of the HTTP client, to configure its handlers. They log nothing unless it is told to (<c>AddDefaultLogger</c>).</returns>
    /// <exception cref="ArgumentException">The address is not one of HTTP.</exception>
    public static IHttpClientBuilder AddVigilHttpClient(this IServiceCollection services, Uri address, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        VigilHttpClient.ThrowIfNotHttp(address);
        var http = services.AddHttpClient<IVigilClient, VigilHttpClient>(client => VigilHttpClient.Configure(client, address, key));

        // A background service holds its client for months, in which the address behind a name may change.
        http.UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = VigilHttpClient.ConnectionLifetime).SetHandlerLifetime(Timeout.InfiniteTimeSpan);

        // Many handles repeat their requests for hours while a gateway is away, and the handlers' own loggers would write lines for each.
        return http.RemoveAllLoggers()
            .AddHttpMessageHandler(VigilHttpClient.Retrying)
            .AddHttpMessageHandler(provider => new GatewayWatch(address, provider.GetRequiredService<ILogger<VigilHttpClient>>()));
    }
}
