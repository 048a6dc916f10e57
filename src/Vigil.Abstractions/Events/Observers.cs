using Orleans.Concurrency;

namespace Vigil;

/// <summary>Told of an execution's stored changes while it is subscribed: best effort, leased for 60 seconds, for co-hosted code and clients.</summary>
[Alias("vigil.IExecutionObserver")]
public interface IExecutionObserver : IGrainObserver
{
    /// <summary>Tells one event. Versions may repeat; those already seen are to be dropped.</summary>
    [Alias("OnEventAsync"), OneWay]
    Task OnEventAsync(ExecutionEvent executionEvent);
}

/// <summary>A grain that is told every event of the executions that name it, at least once and in order within an execution.</summary>
[Alias("vigil.IExecutionSubscriber")]
public interface IExecutionSubscriber : IGrainWithStringKey
{
    /// <summary>Takes one event. Returning is the acknowledgement; throwing brings it again later, under the same id.</summary>
    [Alias("OnEventAsync")]
    Task OnEventAsync(ExecutionEvent executionEvent);
}
