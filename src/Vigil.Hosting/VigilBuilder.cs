using Microsoft.Extensions.DependencyInjection;
using Vigil.Hosting.Logging;
using Vigil.Platforms;
using Vigil.Storage;

namespace Vigil.Hosting;

/// <summary>Configures Vigil in a silo, in addition to section <c>Vigil</c> of the configuration.</summary>
public sealed class VigilBuilder
{
    internal VigilBuilder(ISiloBuilder silo) => Silo = silo;

    /// <summary>Gets the silo.</summary>
    public ISiloBuilder Silo { get; }

    /// <summary>Gets the services of the host. Every options class of Vigil can be configured there, with <c>Configure&lt;TOptions&gt;</c>.</summary>
    public IServiceCollection Services => Silo.Services;

    /// <summary>Adds a platform beside those that Vigil knows.</summary>
    /// <typeparam name="TPlatform">The platform, whose name no other one has; its dependencies come from the container.</typeparam>
    public VigilBuilder AddPlatform<TPlatform>()
        where TPlatform : class, IPlatform
    {
        Services.AddVigilPlatform<TPlatform>();
        return this;
    }

    /// <summary>Adds a connection in addition to the configured ones. It is validated like them, at the start.</summary>
    public VigilBuilder AddConnection(ConnectionOptions connection)
    {
        Services.AddVigilConnection(connection);
        return this;
    }

    /// <summary>Configures the store by code, after section <c>Vigil:Store</c>.</summary>
    public VigilBuilder ConfigureStore(Action<VigilStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(configure);
        return this;
    }

    /// <summary>
    /// Bounds the warnings and errors of Vigil, Orleans and Npgsql to a few a minute of each kind, one line each. Replaces the host's logger factory, unless the
    /// host has one of its own; its providers, filters and levels stay.
    /// </summary>
    public VigilBuilder LimitLogs()
    {
        LimitedLoggerFactory.Use(Services);
        return this;
    }
}
