namespace Vigil.Storage.Writing;

/// <summary>One piece of work in the write queue. What it comes to is decided inside the transaction and told only after the commit.</summary>
internal abstract record QueuedWrite
{
    /// <summary>Gets the rows that it touches: what transactions and the queue are measured by.</summary>
    public virtual int Rows => 1;

    /// <summary>Gets the bytes that it carries.</summary>
    public virtual long Bytes => 0;

    /// <summary>Tells the one who waits what was decided.</summary>
    public abstract void Answer();

    /// <summary>Tells the one who waits that the transaction failed.</summary>
    public abstract void Fail(StoreException error);
}

/// <summary>A <see cref="QueuedWrite"/> with a result.</summary>
internal abstract record QueuedWrite<TResult> : QueuedWrite
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;
    private StoreException? _refusal;

    /// <summary>Gets the answer to come.</summary>
    public Task<TResult> Answered => _answer.Task;

    /// <summary>Decides that it was carried out.</summary>
    public void Succeed(TResult result) => (_result, _refusal) = (result, null);

    /// <summary>Decides that it changed nothing, for a reason of its own.</summary>
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
