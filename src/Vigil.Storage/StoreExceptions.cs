namespace Vigil.Storage;

/// <summary>The store could not do what was asked.</summary>
public class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A write met another one.</summary>
public sealed class StoreConflictException(StateKey key, string? expectedETag, string? storedETag, string message) : StoreException(message)
{
    /// <summary>Gets the state.</summary>
    public StateKey Key { get; } = key;

    /// <summary>Gets what the writer expected.</summary>
    public string? ExpectedETag { get; } = expectedETag;

    /// <summary>Gets what is stored.</summary>
    public string? StoredETag { get; } = storedETag;

    /// <summary>Gets the execution that has the write's <see cref="ExecutionColumns.RemoteId"/>; null where another write came first.</summary>
    public string? RemoteIdHolder { get; init; }
}

/// <summary>A cursor is none that the store gave, or belongs to another query.</summary>
public sealed class InvalidCursorException(string cursor) : StoreException($"'{cursor}' is no cursor of this list.");
