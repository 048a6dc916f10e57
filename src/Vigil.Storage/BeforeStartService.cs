using Microsoft.Extensions.Hosting;

namespace Vigil.Storage;

/// <summary>A hosted service that runs before all others start, regardless of the order of registration.</summary>
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

/// <summary>Opens the store. The service provider closes it after all services have stopped.</summary>
internal sealed class StoreInitializer(IVigilStore store) : BeforeStartService
{
    public override Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);
}
