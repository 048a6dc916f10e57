using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Vigil.Client;
using Vigil.Gateway.Api;

namespace Vigil.Gateway;

/// <summary>Adds the gateway to an app, which keeps its own error handling, addresses, JSON options, OpenAPI documents and health checks.</summary>
public static class GatewayRegistration
{
    // Without a prefix, every other address belongs to the app.
    private static readonly string[] Resources = ["/v1/executions", "/v1/events", "/v1/connections", "/v1/nudges", "/v1/stats"];

    /// <summary>Adds the client over Orleans and the services of the HTTP API. The host must have an Orleans client or a silo of the cluster. May be called twice.</summary>
    public static IServiceCollection AddVigilGateway(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddVigilClient();
        services.AddOptions<HttpOptions>().BindConfiguration(HttpOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpOptions>, HttpOptionsValidator>());
        services.TryAddSingleton<Problems>();
        services.TryAddSingleton<RequestGuard>();
        services.TryAddSingleton<VigilHealthCheck>();
        services.AddEndpointsApiExplorer();
        return services;
    }

    /// <summary>
    /// Maps the HTTP API and its OpenAPI document. On these routes, errors are problem documents, and unknown hosts and writes from other origins are rejected.
    /// With a prefix, Vigil also answers unknown addresses below it.
    /// </summary>
    /// <param name="routes">The app or a group of its routes.</param>
    /// <param name="prefix">What all addresses start with, such as <c>/vigil</c>; empty for none.</param>
    /// <returns>A builder for conventions of all these routes, such as <c>RequireAuthorization</c>.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddVigilGateway"/> was not called.</exception>
    public static IEndpointConventionBuilder MapVigil(this IEndpointRouteBuilder routes, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var api = routes.MapVigilGroup(prefix);
        api.MapDocument();

        // Platforms choose the body of their webhooks, which is ignored.
        api.MapNudges();
        var json = api.MapGroup("").AddEndpointFilter(RequestGuard.RequireJsonAsync).Fails(ProblemCodes.OfCluster);
        json.MapExecutions();
        json.MapEvents();
        json.MapAnswers();
        json.MapFiles();
        json.MapConnections();
        json.MapStats();
        json.MapRuns();
        foreach (var path in prefix.Trim('/').Length > 0 ? [""] : Resources)
        {
            api.MapUnmatched(path);
        }

        return api;
    }

    /// <summary>Maps <c>/healthz</c>, which answers 200 while the process runs, and <c>/readyz</c>, which answers 503 with what is missing until Vigil can work.</summary>
    /// <param name="routes">The app or a group of its routes.</param>
    /// <returns>A builder for conventions of both routes.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddVigilGateway"/> was not called.</exception>
    public static IEndpointConventionBuilder MapVigilHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapVigilGroup("");
        health.MapHealth();
        return health;
    }

    /// <summary>
    /// Adds a health check named <c>vigil</c> with the tag <c>ready</c>. If it fails, its data has a list <c>missing</c>: <c>silo</c>, <c>store</c>,
    /// <c>database_claim</c>, <c>first_audit</c> or <c>draining</c>. <see cref="AddVigilGateway"/> must be called too.
    /// </summary>
    public static IHealthChecksBuilder AddVigil(this IHealthChecksBuilder checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.AddCheck<VigilHealthCheck>("vigil", tags: ["ready"]);
    }

    /// <summary>
    /// Treats all requests of the app like those of Vigil's routes: errors and unknown addresses are answered with problem documents, unknown hosts and writes
    /// from other origins are rejected. For an app that serves nothing but Vigil. Call it before other middleware.
    /// </summary>
    public static IApplicationBuilder UseVigilProblems(this IApplicationBuilder app) => app.UseMiddleware<Problems>().UseMiddleware<RequestGuard>();

    /// <summary>Returns a group of routes with everything that holds for Vigil's routes.</summary>
    internal static RouteGroupBuilder MapVigilGroup(this IEndpointRouteBuilder routes, string prefix)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var problems = routes.ServiceProvider.GetService<Problems>() ?? throw new InvalidOperationException($"Call services.{nameof(AddVigilGateway)}() before the app is built.");
        var guard = routes.ServiceProvider.GetRequiredService<RequestGuard>();
        var group = routes.MapGroup(prefix).WithGroupName(ApiDocument.Name).Fails(ProblemCodes.OfAll);
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            // An endpoint filter would miss errors of binding before it and of results after it.
            var handler = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => problems.InvokeAsync(context, request => guard.InvokeAsync(request, handler));
            endpoint.Metadata.Add(VigilRoute.Marker);

            // HEAD is handled like GET; the server omits the body.
            if (endpoint.Metadata.OfType<HttpMethodMetadata>().Any(methods => methods.HttpMethods.Contains(HttpMethods.Get)))
            {
                endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
            }
        });
        return group;
    }

    private sealed class HttpOptionsValidator : IValidateOptions<HttpOptions>
    {
        public ValidateOptionsResult Validate(string? name, HttpOptions options) =>
            options.Errors().ToArray() is { Length: > 0 } errors ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
