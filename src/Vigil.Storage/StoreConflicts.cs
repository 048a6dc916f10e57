namespace Vigil.Storage;

/// <summary>Says why a write was refused, in the same words for every database.</summary>
internal static class StoreConflicts
{
    /// <param name="write">The write.</param>
    /// <param name="stored">The ETag that is stored.</param>
    /// <param name="watcher">The other execution that has the write's remote id; null where none has.</param>
    public static StoreConflictException Of(StateWrite write, string? stored, string? watcher) =>
        stored == write.ExpectedETag && watcher is not null && write is ExecutionWrite { Connection: var connection, RemoteId: var run }
            ? new(write.Key, write.ExpectedETag, stored, $"Run '{run}' of connection '{connection}' is watched already, by execution '{watcher}'.")
            {
                RemoteIdHolder = watcher,
            }
            : Of(write.Key, write.ExpectedETag, stored);

    public static StoreConflictException Of(StateKey key, string? expected, string? stored) => new(
        key, expected, stored, $"{key.Kind} '{key.Id}' was to have ETag {expected ?? "none"} but has {stored ?? "none"}: somebody else wrote it.");
}
