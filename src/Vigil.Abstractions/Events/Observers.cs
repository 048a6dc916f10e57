using Orleans.Concurrency;

namespace Vigil;

/// <summary>Receives an execution's stored changes, at best effort, for 60 seconds after each subscription. For co-hosted code and clients.</summary>
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
    /// <summary>Handles one event. Returning acknowledges it; if it throws, the event is delivered again later with the same id.</summary>
    [Alias("OnEventAsync")]
    Task OnEventAsync(ExecutionEvent executionEvent);
}
