using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>Starts what subscribed stage by stage, and stops it in the opposite order.</summary>
internal sealed class SiloLifecycle(ILogger<SiloLifecycle> log) : ISiloLifecycle
{
    private readonly List<Subscription> _subscriptions = [];
    private List<IGrouping<int, Subscription>> _started = [];

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        var subscription = new Subscription(this, observerName, stage, observer);
        _subscriptions.Add(subscription);
        return subscription;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stage in _subscriptions.GroupBy(subscription => subscription.Stage).OrderBy(stage => stage.Key).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            _started.Add(stage);
            await Task.WhenAll(stage.Select(subscription => subscription.Observer.OnStart(cancellationToken)));
            HighestCompletedStage = stage.Key;
        }
    }

    /// <summary>Stops all stages that were begun. One that fails does not keep the others from stopping.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var started = _started;
        _started = [];
        foreach (var stage in started.AsEnumerable().Reverse())
        {
            foreach (var subscription in stage)
            {
                try
                {
                    await subscription.Observer.OnStop(cancellationToken);
                }
                catch (Exception failure)
                {
                    log.LogError(failure, "{Observer} failed to stop at stage {Stage}", subscription.Name, stage.Key);
                }
            }

            LowestStoppedStage = stage.Key;
        }
    }

    private sealed record Subscription(SiloLifecycle Lifecycle, string Name, int Stage, ILifecycleObserver Observer) : IDisposable
    {
        public void Dispose() => Lifecycle._subscriptions.Remove(this);
    }
}
