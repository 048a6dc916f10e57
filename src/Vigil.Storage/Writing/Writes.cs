namespace Vigil.Storage.Writing;

internal sealed record SetOwner(ImmutableArray<string> ExecutionIds, string Owner) : QueuedWrite<bool>
{
    public override int Rows => ExecutionIds.Length;
}

internal sealed record LeaseDeliveries(string Worker, DateTimeOffset Now, DateTimeOffset LeaseUntil, int Limit)
    : QueuedWrite<ImmutableArray<StoredDelivery>>
{
    public override int Rows => Limit;
}

/// <summary>Makes all leased deliveries due again; only for a store that no other process uses.</summary>
internal sealed record ReleaseDeliveries : QueuedWrite<bool>;

internal sealed record SettleDeliveries(ImmutableArray<DeliveryOutcome> Outcomes) : QueuedWrite<bool>
{
    public override int Rows => Outcomes.Length;
}

/// <summary>Writes a reminder; the result is the new ETag.</summary>
internal sealed record PutReminder(StoredReminder Reminder) : QueuedWrite<string>;

/// <summary>Removes a reminder; the result is whether it existed with that ETag.</summary>
internal sealed record RemoveReminder(string GrainId, string Name, string ETag) : QueuedWrite<bool>;

/// <summary>Writes something that changes nothing, to find out whether the store can be written.</summary>
internal sealed record Probe : QueuedWrite<bool>;
