namespace Vigil.Storage;

/// <summary>Wakes readers when events are committed.</summary>
internal sealed class EventSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = New();
    private long _head;

    /// <summary>Records the number of the last committed event and wakes the readers that wait for it.</summary>
    public void Advance(long head)
    {
        TaskCompletionSource reached;
        lock (_gate)
        {
            if (head <= _head)
            {
                return;
            }

            _head = head;
            (reached, _next) = (_next, New());
        }

        reached.SetResult();
    }

    /// <summary>Lowers the recorded number, because no later event can be read yet.</summary>
    public void Retract(long head)
    {
        lock (_gate)
        {
            _head = Math.Min(_head, head);
        }
    }

    /// <summary>Completes once an event after this number is committed.</summary>
    public async Task WaitAsync(long afterSeq, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_head > afterSeq)
                {
                    return;
                }

                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
