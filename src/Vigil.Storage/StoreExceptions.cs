namespace Vigil.Storage;

/// <summary>A store operation failed. Callers of grains receive it as the inner exception of Orleans' own exception.</summary>
[GenerateSerializer, Alias("vigil.StoreException")]
public class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A write lost to a concurrent one, or another execution already watches its remote run.</summary>
[GenerateSerializer, Alias("vigil.StoreConflictException")]
public sealed class StoreConflictException(StateKey key, string? expectedETag, string? storedETag, string message) : StoreException(message)
{
    /// <summary>Gets the key of the state.</summary>
    [Id(0)] public StateKey Key { get; } = key;

    /// <summary>Gets the ETag that the write expected.</summary>
    [Id(1)] public string? ExpectedETag { get; } = expectedETag;

    /// <summary>Gets the stored ETag.</summary>
    [Id(2)] public string? StoredETag { get; } = storedETag;

    /// <summary>Gets the execution that already has the write's <see cref="ExecutionWrite.RemoteId"/>; null if the conflict is one of ETags.</summary>
    [Id(3)] public string? RemoteIdHolder { get; init; }
}

/// <summary>The cursor is malformed or belongs to another query.</summary>
[GenerateSerializer, Alias("vigil.InvalidCursorException")]
public sealed class InvalidCursorException(string cursor) : StoreException($"'{cursor}' is not a valid cursor for this list.");
