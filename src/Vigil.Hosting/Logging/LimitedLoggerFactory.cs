using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Vigil.Hosting.Logging;

/// <summary>Makes the host's loggers, those of Vigil and of what it runs on with a bound.</summary>
internal sealed class LimitedLoggerFactory : ILoggerFactory
{
    private static readonly string[] Limited = ["Vigil", "Orleans", "Npgsql"];

    private readonly LoggerFactory _factory;
    private readonly LogLimit _limit;
    private readonly HealthyStartFilter _filter = new();

    public LimitedLoggerFactory(LoggerFactory factory, TimeProvider time)
    {
        _factory = factory;
        _limit = new(factory.CreateLogger("Vigil.Logging"), time);
    }

    /// <summary>Has the host's loggers made by this, unless the host makes its loggers in a way of its own.</summary>
    public static void Use(IServiceCollection services)
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(ILoggerFactory)) is { } factory && factory.ImplementationType == typeof(LoggerFactory))
        {
            services.Remove(factory);
            services.AddSingleton<LoggerFactory>();
            services.AddSingleton<ILoggerFactory, LimitedLoggerFactory>();
        }
    }

    public ILogger CreateLogger(string categoryName)
    {
        var logger = _filter.Apply(categoryName, _factory.CreateLogger(categoryName));
        return Limited.Any(prefix => categoryName.StartsWith(prefix, StringComparison.Ordinal)) ? new LimitedLogger(logger, categoryName, _limit) : logger;
    }

    public void AddProvider(ILoggerProvider provider) => _factory.AddProvider(provider);

    // The factory itself is the container's to dispose.
    public void Dispose() => _limit.Dispose();
}
