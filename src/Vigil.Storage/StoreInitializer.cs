using Microsoft.Extensions.Hosting;

namespace Vigil.Storage;

/// <summary>
/// Opens the store before any other service of the host starts, the silo among them, in whatever order they were added. Closing is the
/// container's, after all have stopped.
/// </summary>
internal sealed class StoreInitializer(IVigilStore store) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
