namespace Vigil.Storage.Writing;

/// <summary>Writes a state with all that changes beside it, if its ETag still is the expected one. The result is the new ETag.</summary>
internal sealed record WriteState(StateWrite Write) : QueuedWrite<string>
{
    // A step in short is a hundred bytes or so, and has no index of its own.
    private const int StepsPerRow = 10;

    public override int Rows { get; } = Write is ExecutionWrite execution
        ? 1 + execution.Payloads.Count() + (execution.Steps.Length / StepsPerRow) + (execution.EventType is null ? 0 : 1 + execution.Subscribers.Length)
        : 1;

    public override long Bytes { get; } = Write.Json.Length + (Write is ExecutionWrite execution
        ? execution.EventJson.Length + execution.Payloads.Sum(payload => (long)payload.Text.Length) + execution.Steps.Sum(step => (long)step.Json.Length)
        : 0);

    public StateKey Key => Write.Key;

    /// <summary>Decides that it was not carried out, because of what is stored.</summary>
    /// <param name="stored">The ETag that is stored; null where there is no such state.</param>
    /// <param name="watcher">The other execution that has the write's remote id; null where none has.</param>
    public void Refuse(string? stored, string? watcher)
    {
        var expected = Write.ExpectedETag;
        if (stored == expected && watcher is not null && Write is ExecutionWrite { Connection: var connection, RemoteId: var run })
        {
            var taken = $"Run '{run}' of connection '{connection}' is watched already, by execution '{watcher}'.";
            Refuse(new StoreConflictException(Key, expected, stored, taken) { RemoteIdHolder = watcher });
        }
        else
        {
            var changed = $"{Key.Kind} '{Key.Id}' was to have ETag {expected ?? "none"} but has {stored ?? "none"}: somebody else wrote it.";
            Refuse(new StoreConflictException(Key, expected, stored, changed));
        }
    }
}
