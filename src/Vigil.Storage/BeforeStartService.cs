using Microsoft.Extensions.Hosting;

namespace Vigil.Storage;

/// <summary>What is done before any other service of the host starts, in whatever order they were added.</summary>
public abstract class BeforeStartService : IHostedLifecycleService
{
    /// <inheritdoc />
    public abstract Task StartingAsync(CancellationToken cancellationToken);

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
