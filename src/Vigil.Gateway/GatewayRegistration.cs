using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Vigil.Client;
using Vigil.Gateway.Api;

namespace Vigil.Gateway;

/// <summary>Adds the gateway to an app.</summary>
public static class GatewayRegistration
{
    /// <summary>Adds the client over Orleans and the services of the HTTP API. The host must have an Orleans client or a silo of the cluster. May be called twice.</summary>
    public static IServiceCollection AddVigilGateway(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddVigilClient();
        services.AddOptions<HttpOptions>().BindConfiguration(HttpOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpOptions>, HttpOptionsValidator>());
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddOpenApi(openApi =>
        {
            openApi.ShouldInclude = operation => operation.HttpMethod != HttpMethods.Head;
            openApi.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "Vigil";
                return Task.CompletedTask;
            });
        });
        return services;
    }

    /// <summary>Maps the HTTP API, its error handling and its OpenAPI document. Unknown hosts and writes from other origins are rejected for the whole app.</summary>
    public static WebApplication MapVigil(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseMiddleware<Problems>();
        app.UseMiddleware<RequestGuard>();
        var api = app.MapGroup("");
        ((IEndpointConventionBuilder)api).Finally(AnswerHead);
        api.MapHealth();
        api.MapOpenApi();

        // Platforms choose the body of their webhooks, which is ignored.
        api.MapNudges();
        var json = api.MapGroup("").AddEndpointFilter(RequestGuard.RequireJsonAsync);
        json.MapExecutions();
        json.MapAnswers();
        json.MapFiles();
        json.MapConnections();
        json.MapStats();
        json.MapRuns();
        return app;
    }

    // HEAD is handled like GET; the server omits the body.
    private static void AnswerHead(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.OfType<HttpMethodMetadata>().Any(methods => methods.HttpMethods.Contains(HttpMethods.Get)))
        {
            endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        }
    }

    private sealed class HttpOptionsValidator : IValidateOptions<HttpOptions>
    {
        public ValidateOptionsResult Validate(string? name, HttpOptions options) =>
            options.Errors().ToArray() is { Length: > 0 } errors ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
