namespace Vigil.Storage.Writing;

/// <summary>The points of a transaction at which tests let the process die.</summary>
internal enum WritePoint
{
    /// <summary>Writes have been taken from the queue; no transaction is open yet.</summary>
    Gathered,

    /// <summary>Between two writes of the transaction.</summary>
    BetweenWrites,

    /// <summary>All writes are done; the transaction is not committed.</summary>
    BeforeCommit,

    /// <summary>The transaction is durable; no writer has its result yet.</summary>
    AfterCommit,
}

/// <summary>
/// A test hook that is called at each <see cref="WritePoint"/>. If it throws, the queue stops as if the process had died there; a
/// <see cref="StoreException"/> fails the transaction instead, as the database would.
/// </summary>
internal interface IWriteHook
{
    /// <summary>Called on the queue's thread.</summary>
    void Reached(WritePoint point);
}
