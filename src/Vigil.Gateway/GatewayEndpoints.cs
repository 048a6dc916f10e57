using Microsoft.Extensions.DependencyInjection;
using Vigil.Gateway.Api;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the gateway's routes in an app.</summary>
public static class GatewayEndpoints
{
    // Without a prefix, every other address belongs to the app.
    private static readonly string[] Resources = ["/v1/executions", "/v1/events", "/v1/connections", "/v1/nudges", "/v1/stats"];

    /// <summary>
    /// Maps the HTTP API and its OpenAPI document. On these routes, errors are problem documents, and unknown hosts and writes from other origins are rejected.
    /// With a prefix, Vigil also answers unknown addresses below it.
    /// </summary>
    /// <param name="routes">The app or a group of its routes.</param>
    /// <param name="prefix">What all addresses start with, such as <c>/vigil</c>; empty for none.</param>
    /// <returns>A builder for conventions of all these routes, such as <c>RequireAuthorization</c>.</returns>
    /// <exception cref="InvalidOperationException"><see cref="GatewayRegistration.AddVigilGateway"/> was not called.</exception>
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
    /// <exception cref="InvalidOperationException"><see cref="GatewayRegistration.AddVigilGateway"/> was not called.</exception>
    public static IEndpointConventionBuilder MapVigilHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapVigilGroup("");
        health.MapHealth();
        return health;
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
        var problems = routes.ServiceProvider.GetService<Problems>() ?? throw new InvalidOperationException($"Call services.{nameof(GatewayRegistration.AddVigilGateway)}() before the app is built.");
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
}
