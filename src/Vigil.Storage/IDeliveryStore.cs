namespace Vigil.Storage;

/// <summary>What is owed to subscribers for events.</summary>
public interface IDeliveryStore
{
    /// <summary>
    /// Leases due deliveries to this worker until <paramref name="leaseUntil"/>: of each execution and destination only the first open one,
    /// so that order holds.
    /// </summary>
    Task<ImmutableArray<StoredDelivery>> LeaseDeliveriesAsync(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit);

    /// <summary>Settles leased deliveries: delivered, due again later, or dead.</summary>
    Task SettleDeliveriesAsync(ImmutableArray<DeliveryOutcome> outcomes);
}

/// <summary>A delivery that this worker holds.</summary>
/// <param name="Id">The delivery's number.</param>
/// <param name="Destination">Who is told.</param>
/// <param name="Event">What is told.</param>
/// <param name="Attempts">How often it was tried before.</param>
/// <param name="CreatedAt">Since when it is owed.</param>
public sealed record StoredDelivery(long Id, string Destination, StoredEvent Event, int Attempts, DateTimeOffset CreatedAt);

/// <summary>How a delivery went.</summary>
/// <param name="Id">The delivery's number.</param>
/// <param name="Worker">Who held it; an outcome of a lease that ran out and was taken by another is dropped.</param>
/// <param name="DueAgainAt">When to try again; null where it is settled.</param>
/// <param name="Error">What went wrong; null where it was delivered. With no <paramref name="DueAgainAt"/> it is dead.</param>
public sealed record DeliveryOutcome(long Id, string Worker, DateTimeOffset? DueAgainAt, string? Error);
