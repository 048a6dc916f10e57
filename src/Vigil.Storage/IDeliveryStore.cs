namespace Vigil.Storage;

/// <summary>The deliveries of events to subscribers.</summary>
public interface IDeliveryStore
{
    /// <summary>
    /// Leases due deliveries to this worker until <paramref name="leaseUntil"/>. For each execution and destination, only the first open delivery
    /// can be leased, which preserves the order.
    /// </summary>
    Task<ImmutableArray<StoredDelivery>> LeaseDeliveriesAsync(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit);

    /// <summary>Settles leased deliveries: delivered, due again later, or dead.</summary>
    Task SettleDeliveriesAsync(ImmutableArray<DeliveryOutcome> outcomes);
}

/// <summary>A leased delivery.</summary>
/// <param name="Id">The delivery's number.</param>
/// <param name="Destination">The subscriber.</param>
/// <param name="Event">The event to deliver.</param>
/// <param name="Attempts">The number of previous attempts.</param>
/// <param name="CreatedAt">When it was created.</param>
public sealed record StoredDelivery(long Id, string Destination, StoredEvent Event, int Attempts, DateTimeOffset CreatedAt);

/// <summary>The outcome of a delivery attempt.</summary>
/// <param name="Id">The delivery's number.</param>
/// <param name="Worker">The worker that held the lease. The outcome is ignored if another worker has taken the lease since.</param>
/// <param name="DueAgainAt">When to try again; null if it is settled.</param>
/// <param name="Error">The error; null if it was delivered. With an error and no <paramref name="DueAgainAt"/>, the delivery is dead.</param>
public sealed record DeliveryOutcome(long Id, string Worker, DateTimeOffset? DueAgainAt, string? Error);
