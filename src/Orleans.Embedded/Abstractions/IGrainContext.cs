namespace Orleans.Runtime;

/// <summary>An activation: one grain's life in memory on one silo.</summary>
public interface IGrainContext : IEquatable<IGrainContext>
{
    /// <summary>Gets the grain's identity.</summary>
    GrainId GrainId { get; }

    /// <summary>Gets the grain object.</summary>
    object? GrainInstance { get; }

    /// <summary>Gets the services of this activation.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Gets a task that ends when the activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>Ends the activation once the running request is done.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);

    /// <summary>Moves the activation, once the running request is done, to another silo if placement chooses one.</summary>
    void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default);
}
