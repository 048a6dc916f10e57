namespace Vigil.Storage.Writing;

/// <summary>Writes a state with all that changes beside it; the result is the new ETag.</summary>
internal sealed class WriteState(StateWrite write) : QueuedWrite<string>
{
    // A step in short is a hundred bytes or so, and has no index of its own.
    private const int StepsPerRow = 10;

    public StateWrite Write { get; } = write;

    public override int Rows { get; } = write is ExecutionWrite execution
        ? 1 + execution.Payloads.Count() + (execution.Steps.Length / StepsPerRow) + (execution.EventType is null ? 0 : 1 + execution.Subscribers.Length)
        : 1;

    public override long Bytes { get; } = write.Json.Length + (write is ExecutionWrite execution
        ? execution.EventJson.Length + execution.Payloads.Sum(payload => (long)payload.Text.Length) + execution.Steps.Sum(step => (long)step.Json.Length)
        : 0);
}

/// <summary>Removes a state.</summary>
internal sealed class ClearState(StateKey key, string? expectedETag) : QueuedWrite<bool>
{
    public StateKey Key { get; } = key;

    public string? ExpectedETag { get; } = expectedETag;
}

/// <summary>Notes who watches some executions.</summary>
internal sealed class SetOwner(ImmutableArray<string> executionIds, string owner) : QueuedWrite<bool>
{
    public ImmutableArray<string> ExecutionIds { get; } = executionIds;

    public string Owner { get; } = owner;

    public override int Rows => ExecutionIds.Length;
}

/// <summary>Leases due deliveries.</summary>
internal sealed class LeaseDeliveries(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit) : QueuedWrite<ImmutableArray<StoredDelivery>>
{
    public string Worker { get; } = worker;

    public DateTimeOffset Now { get; } = now;

    public DateTimeOffset LeaseUntil { get; } = leaseUntil;

    public int Limit { get; } = limit;

    public override int Rows => Limit;
}

/// <summary>Makes due all that is leased, where nobody else uses the store.</summary>
internal sealed class ReleaseDeliveries : QueuedWrite<bool>;

/// <summary>Settles leased deliveries.</summary>
internal sealed class SettleDeliveries(ImmutableArray<DeliveryOutcome> outcomes) : QueuedWrite<bool>
{
    public ImmutableArray<DeliveryOutcome> Outcomes { get; } = outcomes;

    public override int Rows => Outcomes.Length;
}

/// <summary>Writes a reminder; the result is the new ETag.</summary>
internal sealed class PutReminder(StoredReminder reminder) : QueuedWrite<string>
{
    public StoredReminder Reminder { get; } = reminder;
}

/// <summary>Removes a reminder; the result tells whether it was there with that ETag.</summary>
internal sealed class RemoveReminder(string grainId, string name, string etag) : QueuedWrite<bool>
{
    public string GrainId { get; } = grainId;

    public string Name { get; } = name;

    public string ETag { get; } = etag;
}

/// <summary>Removes all reminders.</summary>
internal sealed class ClearReminders : QueuedWrite<bool>;
