namespace Vigil.Storage.Writing;

/// <summary>A write in the queue. Its result is set inside the transaction and published only after the commit.</summary>
internal abstract record QueuedWrite
{
    /// <summary>Gets the number of rows that it affects, for the limits of transactions and the queue.</summary>
    public virtual int Rows => 1;

    /// <summary>Gets its size in bytes, for the same limits.</summary>
    public virtual long Bytes => 0;

    /// <summary>Publishes the result to the caller.</summary>
    public abstract void Answer();

    /// <summary>Fails the caller because the transaction failed.</summary>
    public abstract void Fail(StoreException error);
}

/// <summary>A <see cref="QueuedWrite"/> with a result.</summary>
internal abstract record QueuedWrite<TResult> : QueuedWrite
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;
    private StoreException? _refusal;

    public Task<TResult> Answered => _answer.Task;

    /// <summary>Sets the result of a successful write.</summary>
    public void Succeed(TResult result) => (_result, _refusal) = (result, null);

    /// <summary>Sets the reason why the write changed nothing.</summary>
    public void Refuse(StoreException refusal) => (_result, _refusal) = (default, refusal);

    public override void Answer()
    {
        if (_refusal is null)
        {
            _answer.TrySetResult(_result!);
        }
        else
        {
            _answer.TrySetException(_refusal);
        }
    }

    public override void Fail(StoreException error) => _answer.TrySetException(error);
}
