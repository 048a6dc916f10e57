using Microsoft.Extensions.Hosting;
using Vigil.Grains.Polling;

namespace Vigil.Grains;

/// <summary>
/// What is done before any service of the host stops, while the silo and whatever listens still work: nothing new is claimed or sent, what is being sent is
/// waited for, and a load balancer gets the time to notice.
/// </summary>
internal sealed class DrainService(
    SiloPoller poller, IHostApplicationLifetime lifetime, IOptions<StoppingOptions> options, TimeProvider time) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // A host that stops by its own code has announced nothing, so nobody is waited for.
        var noticed = lifetime.ApplicationStopping.IsCancellationRequested
            ? Task.Delay(options.Value.ReadinessDelay, time, cancellationToken)
            : Task.CompletedTask;
        await Task.WhenAll(noticed, poller.StopAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
