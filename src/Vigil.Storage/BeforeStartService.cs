using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Vigil.Storage;

/// <summary>What is done before all hosted services start, one after the other in this order.</summary>
public enum StartPhase
{
    /// <summary>Checks that change nothing.</summary>
    Check = 0,

    /// <summary>The cluster's tables, and what they show.</summary>
    Membership = 1,

    /// <summary>The claim of the store's database, so that one that other silos use is not migrated to this version's schema.</summary>
    Claim = 2,

    /// <summary>The store is opened.</summary>
    Store = 3,
}

/// <summary>Something that is done before all hosted services start, whatever the order of registration.</summary>
public abstract class BeforeStartService
{
    /// <summary>Gets when it is done.</summary>
    public abstract StartPhase Phase { get; }

    /// <summary>Does it. An exception ends the start.</summary>
    public abstract Task StartingAsync(CancellationToken cancellationToken);
}

/// <summary>Registers what is done before the start.</summary>
public static class BeforeStartRegistration
{
    /// <summary>Adds a service of which there is one; its dependencies come from the container. May be called twice.</summary>
    public static IServiceCollection AddBeforeStart<TService>(this IServiceCollection services)
        where TService : BeforeStartService
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BeforeStart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<BeforeStartService, TService>());
        return services;
    }
}

/// <summary>Does it all in one hosted service, because a host may be configured to start its services side by side.</summary>
internal sealed class BeforeStart(IEnumerable<BeforeStartService> services) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var service in services.OrderBy(service => service.Phase))
        {
            await service.StartingAsync(cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Opens the store. The service provider closes it after all services have stopped.</summary>
internal sealed class StoreInitializer(IVigilStore store) : BeforeStartService
{
    public override StartPhase Phase => StartPhase.Store;

    public override Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);
}
