namespace Vigil.Storage;

/// <summary>
/// Vigil's store. A state changes together with its searchable columns, events, deliveries, payloads and counters in one transaction. Writes go through
/// a queue that commits them in groups; each writer gets its own result. Safe for concurrent use.
/// </summary>
public interface IVigilStore : IExecutionStore, IEventStore, IDeliveryStore, IReminderStore, IAsyncDisposable
{
    /// <summary>Opens the store; creates or migrates its schema.</summary>
    /// <exception cref="StoreException">The store cannot be opened, has a newer schema, or is in use by another process.</exception>
    Task OpenAsync(CancellationToken cancellationToken);
}
