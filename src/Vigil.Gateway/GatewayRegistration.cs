using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Vigil.Gateway.Api;

namespace Vigil.Gateway;

/// <summary>Adds the gateway to an app.</summary>
public static class GatewayRegistration
{
    /// <summary>Adds <see cref="ExecutionGateway"/> and the services of the HTTP API. The host must have an Orleans client or a silo of the cluster. May be called twice.</summary>
    public static IServiceCollection AddVigilGateway(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GrainCalls>();
        services.TryAddSingleton<EventFeed>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EventFeed>(provider => provider.GetRequiredService<EventFeed>()));
        services.TryAddSingleton(provider => new ExecutionGateway(
            provider.GetRequiredService<IClusterClient>(),
            provider.GetRequiredService<EventFeed>(),
            provider.GetRequiredService<GrainCalls>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));

        services.AddProblemDetails();
        services.AddExceptionHandler<Problems>();
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddOpenApi(openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Vigil";
            return Task.CompletedTask;
        }));
        return services;
    }

    /// <summary>Maps the HTTP API, its error handling and its OpenAPI document.</summary>
    public static WebApplication MapVigil(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapExecutions();
        app.MapFiles();
        app.MapConnections();
        app.MapNudges();
        app.MapHealth();
        app.MapOpenApi();
        return app;
    }
}
