using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Vigil.Gateway;
using Vigil.Gateway.Api;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the gateway to an app, which keeps its own error handling, addresses, JSON options, OpenAPI documents and health checks.</summary>
public static class GatewayRegistration
{
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
    /// Adds a health check named <c>vigil</c> with the tag <c>ready</c>. If it fails, its data has a list <c>missing</c>: <c>silo</c>, <c>store</c>,
    /// <c>database_claim</c>, <c>first_audit</c> or <c>draining</c>. <see cref="AddVigilGateway"/> must be called too.
    /// </summary>
    public static IHealthChecksBuilder AddVigil(this IHealthChecksBuilder checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.AddCheck<VigilHealthCheck>("vigil", tags: ["ready"]);
    }

    private sealed class HttpOptionsValidator : IValidateOptions<HttpOptions>
    {
        public ValidateOptionsResult Validate(string? name, HttpOptions options) =>
            options.Errors().ToArray() is { Length: > 0 } errors ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
