namespace Vigil.Storage.Writing;

/// <summary>Notes who watches some executions.</summary>
internal sealed record SetOwner(ImmutableArray<string> ExecutionIds, string Owner) : QueuedWrite<bool>
{
    public override int Rows => ExecutionIds.Length;
}

/// <summary>Leases due deliveries.</summary>
internal sealed record LeaseDeliveries(string Worker, DateTimeOffset Now, DateTimeOffset LeaseUntil, int Limit)
    : QueuedWrite<ImmutableArray<StoredDelivery>>
{
    public override int Rows => Limit;
}

/// <summary>Makes due all that is leased, where nobody else uses the store.</summary>
internal sealed record ReleaseDeliveries : QueuedWrite<bool>;

/// <summary>Settles leased deliveries.</summary>
internal sealed record SettleDeliveries(ImmutableArray<DeliveryOutcome> Outcomes) : QueuedWrite<bool>
{
    public override int Rows => Outcomes.Length;
}

/// <summary>Writes a reminder; the result is the new ETag.</summary>
internal sealed record PutReminder(StoredReminder Reminder) : QueuedWrite<string>;

/// <summary>Removes a reminder; the result tells whether it was there with that ETag.</summary>
internal sealed record RemoveReminder(string GrainId, string Name, string ETag) : QueuedWrite<bool>;
