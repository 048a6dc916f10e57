namespace Vigil.Storage.Writing;

/// <summary>Moments in the life of a transaction at which a process may die.</summary>
internal enum WritePoint
{
    /// <summary>Writes have been taken from the queue; no transaction is open.</summary>
    Gathered,

    /// <summary>One write of the transaction is done, the next is not.</summary>
    BetweenWrites,

    /// <summary>All writes are done, the commit is not.</summary>
    BeforeCommit,

    /// <summary>The commit is durable; nobody has been told.</summary>
    AfterCommit,
}

/// <summary>Sees each <see cref="WritePoint"/>; for tests of dying. A hook that throws ends the queue as if the process had died there.</summary>
internal interface IWriteHook
{
    /// <summary>Called on the queue's thread.</summary>
    void Reached(WritePoint point);
}
