namespace Vigil.Storage;

/// <summary>The store could not do what was asked. It reaches callers of grains as the cause of Orleans' own exception.</summary>
[GenerateSerializer, Alias("vigil.StoreException")]
public class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A write met another one.</summary>
[GenerateSerializer, Alias("vigil.StoreConflictException")]
public sealed class StoreConflictException(StateKey key, string? expectedETag, string? storedETag, string message) : StoreException(message)
{
    /// <summary>Gets the state.</summary>
    [Id(0)] public StateKey Key { get; } = key;

    /// <summary>Gets what the writer expected.</summary>
    [Id(1)] public string? ExpectedETag { get; } = expectedETag;

    /// <summary>Gets what is stored.</summary>
    [Id(2)] public string? StoredETag { get; } = storedETag;

    /// <summary>Gets the execution that has the write's <see cref="ExecutionWrite.RemoteId"/>; null where another write came first.</summary>
    [Id(3)] public string? RemoteIdHolder { get; init; }
}

/// <summary>A cursor did not come from the store, or belongs to another query.</summary>
[GenerateSerializer, Alias("vigil.InvalidCursorException")]
public sealed class InvalidCursorException(string cursor) : StoreException($"'{cursor}' is not a valid cursor for this list.");
