using System.Collections.Concurrent;

namespace Vigil.Tests.Polling.Support;

/// <summary>Runs tasks one after another on the test's own thread, so that a test knows when everything that can happen has happened.</summary>
internal sealed class StepScheduler : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _tasks = new();
    private int _runner;

    public void RunUntilIdle()
    {
        // A test runner's own context would catch the continuations.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _runner = Environment.CurrentManagedThreadId;
        while (_tasks.TryDequeue(out var task))
        {
            TryExecuteTask(task);
        }

        _runner = 0;
        SynchronizationContext.SetSynchronizationContext(context);
    }

    protected override void QueueTask(Task task) => _tasks.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && _runner == Environment.CurrentManagedThreadId && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
