using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Vigil.Hosting;

/// <summary>
/// Validates all options before anything uses them, so that all errors are reported at once. The host does it only after it has created its services, and those
/// of Orleans read options, of which the first invalid one would then be the only one reported.
/// </summary>
internal sealed class SettingsCheck : IHostedService
{
    public SettingsCheck(IStartupValidator validator) => validator.Validate();

    /// <summary>Has the host create it before all its other services.</summary>
    public static void AddFirst(IServiceCollection services)
    {
        if (services.All(service => service.ImplementationType != typeof(SettingsCheck)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, SettingsCheck>());
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
