using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>Runs a silo as a part of its host: checks it, takes it through its stages, collects idle activations meanwhile.</summary>
internal sealed class SiloHost(
    Cluster cluster,
    Silo silo,
    SiloLifecycle lifecycle,
    IEnumerable<ILifecycleParticipant<ISiloLifecycle>> participants,
    IOptions<GrainCollectionOptions> collection) : IHostedService
{
    private ITimer? _collector;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        CheckConfiguration();
        lifecycle.Subscribe("silo joining", ServiceLifecycleStage.RuntimeInitialize, JoinAsync, LeaveAsync);
        lifecycle.Subscribe("silo activity", ServiceLifecycleStage.BecomeActive, BecomeActiveAsync, EndActivationsAsync);
        foreach (var participant in participants)
        {
            participant.Participate(lifecycle);
        }

        try
        {
            await lifecycle.StartAsync(cancellationToken);
        }
        catch
        {
            await lifecycle.StopAsync(new CancellationToken(canceled: true));
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            silo.Kill();
        }

        await lifecycle.StopAsync(cancellationToken);
    }

    private void CheckConfiguration()
    {
        SignatureCheck.Check(GrainClasses.All.Interfaces);
        var quantum = collection.Value.CollectionQuantum;
        var ages = collection.Value.ClassSpecificCollectionAge.Values.Append(collection.Value.CollectionAge);
        if (quantum <= TimeSpan.Zero || ages.Any(age => age <= quantum))
        {
            throw new OrleansConfigurationException(
                $"{nameof(GrainCollectionOptions.CollectionQuantum)} must be greater than zero and less than each collection age.");
        }
    }

    private Task JoinAsync(CancellationToken cancellationToken)
    {
        cluster.SetStatus(silo, SiloStatus.Joining);
        return Task.CompletedTask;
    }

    private Task BecomeActiveAsync(CancellationToken cancellationToken)
    {
        cluster.SetStatus(silo, SiloStatus.Active);
        var quantum = collection.Value.CollectionQuantum;
        _collector = silo.Time.CreateTimer(_ => CollectIdleActivations(), state: null, quantum, quantum);
        return Task.CompletedTask;
    }

    private async Task EndActivationsAsync(CancellationToken cancellationToken)
    {
        await (_collector?.DisposeAsync() ?? default);
        if (silo.IsKilled)
        {
            return;
        }

        cluster.SetStatus(silo, SiloStatus.ShuttingDown);

        // Placement may have chosen this silo for a moment longer, so look until there is nothing left.
        while (cluster.ActivationsOn(silo).ToList() is { Count: > 0 } activations && !cancellationToken.IsCancellationRequested)
        {
            foreach (var activation in activations)
            {
                activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "This process is terminating."), cancellationToken);
            }

            try
            {
                await Task.WhenAll(activations.Select(activation => activation.Deactivated)).WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                silo.Log.LogWarning("{Silo} leaves {Count} activations that did not end in time", silo.Name, activations.Count);
            }
        }
    }

    private Task LeaveAsync(CancellationToken cancellationToken)
    {
        // A killed silo tells nobody that it is gone.
        if (!silo.IsKilled)
        {
            cluster.SetStatus(silo, SiloStatus.Dead);
        }

        return Task.CompletedTask;
    }

    private void CollectIdleActivations()
    {
        foreach (var activation in cluster.ActivationsOn(silo))
        {
            activation.CollectIfIdle();
        }
    }
}
