using Microsoft.Extensions.DependencyInjection;

namespace Vigil.Platforms;

/// <summary>Registers the platforms that Vigil knows.</summary>
public static class PlatformRegistration
{
    /// <summary>Adds every platform; one line each.</summary>
    public static IServiceCollection AddVigilPlatforms(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services;
    }
}
