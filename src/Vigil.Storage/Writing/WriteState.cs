namespace Vigil.Storage.Writing;

/// <summary>Writes a state if its ETag is still the expected one. The result is the new ETag.</summary>
internal sealed record WriteState(StateWrite Write) : QueuedWrite<string>
{
    // A step summary has about a hundred bytes and no index of its own.
    private const int StepsPerRow = 10;

    public override int Rows { get; } = Write is ExecutionWrite execution
        ? 1 + execution.Payloads.Count() + (execution.Steps.Length / StepsPerRow) + (execution.EventType is null ? 0 : 1 + execution.Subscribers.Length)
        : 1;

    public override long Bytes { get; } = Write.Json.Length + (Write is ExecutionWrite execution
        ? execution.EventJson.Length + execution.Payloads.Sum(payload => (long)payload.Text.Length) + execution.Steps.Sum(step => (long)step.Json.Length)
        : 0);

    public StateKey Key => Write.Key;

    /// <summary>Sets the conflict that prevented the write.</summary>
    /// <param name="stored">The stored ETag; null if there is no such state.</param>
    /// <param name="watcher">The other execution that has the write's remote id; null if none has.</param>
    public void Refuse(string? stored, string? watcher)
    {
        var expected = Write.ExpectedETag;
        if (stored == expected && watcher is not null && Write is ExecutionWrite { Connection: var connection, RemoteId: var run })
        {
            var message = $"Run '{run}' of connection '{connection}' is already watched by execution '{watcher}'.";
            Refuse(new StoreConflictException(Key, expected, stored, message) { RemoteIdHolder = watcher });
        }
        else
        {
            var message = $"{Key.Kind} '{Key.Id}' has ETag {stored ?? "none"} instead of {expected ?? "none"}: it was changed by another writer.";
            Refuse(new StoreConflictException(Key, expected, stored, message));
        }
    }
}
