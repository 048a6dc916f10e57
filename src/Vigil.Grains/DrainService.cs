using Microsoft.Extensions.Hosting;
using Vigil.Grains.Polling;

namespace Vigil.Grains;

/// <summary>
/// Drains the silo before the host stops any service: nothing new is claimed or sent, starts in flight are awaited, and a load balancer gets time to
/// notice that the silo is no longer ready.
/// </summary>
internal sealed class DrainService(
    SiloPoller poller, IHostApplicationLifetime lifetime, IOptions<StoppingOptions> options, TimeProvider time) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // A host that is stopped by its own code has not signalled ApplicationStopping, so no load balancer is reacting to it.
        var readinessDelay = lifetime.ApplicationStopping.IsCancellationRequested
            ? Task.Delay(options.Value.ReadinessDelay, time, cancellationToken)
            : Task.CompletedTask;
        await Task.WhenAll(readinessDelay, poller.StopAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
