namespace Vigil.Storage;

/// <summary>Says why a write was refused, in the same words for every database.</summary>
internal static class StoreConflicts
{
    /// <param name="key">The state.</param>
    /// <param name="expected">What the writer expected.</param>
    /// <param name="stored">What is stored.</param>
    /// <param name="columns">What the write would have set; null where it has none.</param>
    /// <param name="watcher">The other execution that has the write's remote id; null where none has.</param>
    public static StoreConflictException Of(StateKey key, string? expected, string? stored, ExecutionColumns? columns, string? watcher)
    {
        if (stored == expected && columns is not null && watcher is not null)
        {
            return new(key, expected, stored, $"Run '{columns.RemoteId}' of connection '{columns.Connection}' is watched already, by execution '{watcher}'.")
            {
                RemoteIdHolder = watcher,
            };
        }

        return new(
            key, expected, stored, $"{key.Kind} '{key.Id}' was to have ETag {expected ?? "none"} but has {stored ?? "none"}: somebody else wrote it.");
    }
}
