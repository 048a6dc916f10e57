namespace Vigil.Storage.Writing;

/// <summary>Changes a state if its ETag still is the expected one. The result is the new ETag; empty where the state is gone.</summary>
internal abstract record StateChange(StateKey Key, string? ExpectedETag) : QueuedWrite<string>
{
    /// <summary>Decides that it was not carried out, because of what is stored.</summary>
    /// <param name="stored">The ETag that is stored; null where there is no such state.</param>
    /// <param name="watcher">The other execution that has the write's remote id; null where none has.</param>
    public virtual void Refuse(string? stored, string? watcher) => Refuse(new StoreConflictException(
        Key, ExpectedETag, stored, $"{Key.Kind} '{Key.Id}' was to have ETag {ExpectedETag ?? "none"} but has {stored ?? "none"}: somebody else wrote it."));
}

/// <summary>Writes a state with all that changes beside it.</summary>
internal sealed record WriteState(StateWrite Write) : StateChange(Write.Key, Write.ExpectedETag)
{
    // A step in short is a hundred bytes or so, and has no index of its own.
    private const int StepsPerRow = 10;

    public override int Rows { get; } = Write is ExecutionWrite execution
        ? 1 + execution.Payloads.Count() + (execution.Steps.Length / StepsPerRow) + (execution.EventType is null ? 0 : 1 + execution.Subscribers.Length)
        : 1;

    public override long Bytes { get; } = Write.Json.Length + (Write is ExecutionWrite execution
        ? execution.EventJson.Length + execution.Payloads.Sum(payload => (long)payload.Text.Length) + execution.Steps.Sum(step => (long)step.Json.Length)
        : 0);

    public override void Refuse(string? stored, string? watcher)
    {
        if (stored == ExpectedETag && watcher is not null && Write is ExecutionWrite { Connection: var connection, RemoteId: var run })
        {
            var taken = $"Run '{run}' of connection '{connection}' is watched already, by execution '{watcher}'.";
            Refuse(new StoreConflictException(Key, ExpectedETag, stored, taken) { RemoteIdHolder = watcher });
        }
        else
        {
            base.Refuse(stored, watcher);
        }
    }
}

/// <summary>Removes a state. Where it is not there, and was not to be there, nothing is to do.</summary>
internal sealed record ClearState(StateKey Key, string? ExpectedETag) : StateChange(Key, ExpectedETag)
{
    public override void Refuse(string? stored, string? watcher)
    {
        if (stored == ExpectedETag)
        {
            Succeed("");
        }
        else
        {
            base.Refuse(stored, watcher);
        }
    }
}
