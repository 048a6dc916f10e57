namespace Orleans.Runtime;

/// <summary>Runs the tasks of one activation one after the other, on whatever thread the pool gives.</summary>
internal sealed class ActivationScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    // Enough that a busy activation is not slowed by queueing, and few enough that the others get their turn.
    private const int TasksPerTurn = 32;

    private readonly Queue<Task> _tasks = new();
    private bool _isQueued;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Queues this scheduler itself. On the shared queue: on a busy caller's own it would wait for the caller.</summary>
    public void Resume() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        if (!activation.Silo.IsRunning && !activation.Silo.MayRun(Resume))
        {
            return;
        }

        RuntimeContext.Current = activation;
        try
        {
            for (var i = 0; i < TasksPerTurn && activation.Silo.IsRunning && TryDequeue() is { } task; i++)
            {
                TryExecuteTask(task);
            }
        }
        finally
        {
            RuntimeContext.Current = null;
        }

        lock (_tasks)
        {
            if (_tasks.Count == 0)
            {
                _isQueued = false;
                return;
            }
        }

        Resume();
    }

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            _tasks.Enqueue(task);
            if (_isQueued)
            {
                return;
            }

            _isQueued = true;
        }

        Resume();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && RuntimeContext.Current == activation && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks)
        {
            return [.. _tasks];
        }
    }

    private Task? TryDequeue()
    {
        lock (_tasks)
        {
            return _tasks.TryDequeue(out var task) ? task : null;
        }
    }
}
