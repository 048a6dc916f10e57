using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The base class of grains.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Initializes a new instance of the <see cref="Grain"/> class.</summary>
    protected Grain() => GrainContext = RuntimeContext.Current!;

    /// <summary>Gets the activation that this object belongs to.</summary>
    public IGrainContext GrainContext { get; }

    /// <summary>Gets the grain's identity as text.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>Gets the factory of references to grains.</summary>
    protected IGrainFactory GrainFactory
    {
        get
        {
            RuntimeContext.Check((Activation)GrainContext);
            return ServiceProvider.GetRequiredService<IGrainFactory>();
        }
    }

    /// <summary>Gets the services of this activation.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    /// <summary>Runs before the first request of an activation. A failure fails the requests that wait for it.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs when an activation ends in an orderly way.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation once the running request is done. Requests that wait go to the next activation.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Moves this activation, once the running request is done, to another silo if placement chooses one.</summary>
    protected void MigrateOnIdle() => GrainBaseExtensions.MigrateOnIdle(this);

    /// <summary>Keeps an idle activation for at least some time.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => ((Activation)GrainContext).DelayDeactivation(timeSpan);
}
