namespace Vigil.Storage.Writing;

/// <summary>Carries writes out on one database. Called from the queue's thread alone.</summary>
internal interface IWriteExecutor : IDisposable
{
    /// <summary>
    /// Carries the writes out in one transaction, in order, and decides each by <see cref="QueuedWrite{TResult}.Succeed"/> or
    /// <see cref="QueuedWrite{TResult}.Refuse"/>.
    /// </summary>
    /// <param name="writes">The writes.</param>
    /// <param name="reached">Called at each <see cref="WritePoint"/> on the way.</param>
    /// <exception cref="StoreException">The database as a whole could not: nothing was changed, or whether it was is not known.</exception>
    /// <remarks>Any other exception means that one of the writes cannot be carried out; nothing was changed.</remarks>
    void Execute(IReadOnlyList<QueuedWrite> writes, Action<WritePoint> reached);

    /// <summary>Called once the writes of the last transaction are durable, before anybody is told.</summary>
    void Committed();
}
