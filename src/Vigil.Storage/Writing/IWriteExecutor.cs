namespace Vigil.Storage.Writing;

/// <summary>Executes writes on a database. Called only from the queue's thread.</summary>
internal interface IWriteExecutor : IDisposable
{
    /// <summary>
    /// Executes the writes in one transaction, in order, and sets the result of each by <see cref="QueuedWrite{TResult}.Succeed"/> or
    /// <see cref="QueuedWrite{TResult}.Refuse"/>.
    /// </summary>
    /// <param name="writes">The writes.</param>
    /// <param name="reached">Called at each <see cref="WritePoint"/>.</param>
    /// <exception cref="StoreException">The database failed as a whole. Nothing was changed, or the outcome is unknown.</exception>
    /// <remarks>Any other exception means that one of the writes cannot be executed; nothing was changed.</remarks>
    void Execute(IReadOnlyList<QueuedWrite> writes, Action<WritePoint> reached);

    /// <summary>Called once the last transaction is durable, before the writers get their results.</summary>
    void Committed();
}
