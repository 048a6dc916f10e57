using Orleans.Concurrency;

namespace Vigil;

/// <summary>Notified of an execution's stored changes while it is subscribed: best effort, leased for 60 seconds, for co-hosted code and clients.</summary>
[Alias("vigil.IExecutionObserver")]
public interface IExecutionObserver : IGrainObserver
{
    /// <summary>Called for each event. Versions may repeat; the observer should drop those it has already seen.</summary>
    [Alias("OnEventAsync"), OneWay]
    Task OnEventAsync(ExecutionEvent executionEvent);
}

/// <summary>A grain that receives every event of the executions that name it as a subscriber, at least once and in order within an execution.</summary>
[Alias("vigil.IExecutionSubscriber")]
public interface IExecutionSubscriber : IGrainWithStringKey
{
    /// <summary>Handles one event. Returning acknowledges it; throwing has it delivered again later, with the same id.</summary>
    [Alias("OnEventAsync")]
    Task OnEventAsync(ExecutionEvent executionEvent);
}
