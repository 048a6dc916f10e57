namespace Vigil.Storage;

/// <summary>
/// Vigil's own store. A state row and all that tells of it - searchable columns, events, deliveries, payloads, counters - change in one transaction.
/// Writes go through one queue, which commits what has gathered and answers each writer by itself. Safe for concurrent use.
/// </summary>
public interface IVigilStore : IExecutionStore, IEventStore, IDeliveryStore, IReminderStore, IAsyncDisposable
{
    /// <summary>Creates or migrates the schema and takes the store into use.</summary>
    /// <exception cref="StoreException">It cannot be opened, is newer than this program, or another process holds it.</exception>
    Task OpenAsync(CancellationToken cancellationToken);
}
