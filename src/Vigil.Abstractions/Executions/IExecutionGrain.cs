using System.Text.Json.Serialization;
using Orleans.Concurrency;

namespace Vigil;

/// <summary>One execution on a platform. The key is the execution's id: 1 to 200 characters of <c>A-Z a-z 0-9 . _ : -</c>.</summary>
[Alias("vigil.IExecutionGrain")]
public interface IExecutionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the intent to run and returns; the run is submitted to the platform later. Repeating the same request has no further effect.
    /// It takes no cancellation token, because a caller that disconnects must not interrupt the work between two writes.
    /// </summary>
    /// <exception cref="ExecutionConflictException">A different request already has this id.</exception>
    /// <exception cref="ConnectionNotFoundException">No active silo has the connection.</exception>
    /// <exception cref="VigilUnavailableException">No silo is known to have the connection yet.</exception>
    /// <exception cref="InvalidRequestException">The request breaks a limit of Vigil or of the platform.</exception>
    [Alias("StartAsync"), AnyGateway]
    Task<StartResult> StartAsync(StartExecution request);

    /// <summary>Stores the intent to watch a run that already exists, together with the first observation of it. Repeating it has no further effect.</summary>
    /// <exception cref="ExecutionConflictException">A different request already has this id, or another execution already watches the run.</exception>
    /// <exception cref="ConnectionNotFoundException">No active silo has the connection.</exception>
    /// <exception cref="VigilUnavailableException">No silo is known to have the connection yet.</exception>
    [Alias("AdoptAsync"), AnyGateway]
    Task<StartResult> AdoptAsync(AdoptExecution request, Observation firstObservation);

    /// <summary>Returns the stored execution without its output, with fresher progress if there is any. It never calls the platform or waits for another request.</summary>
    /// <exception cref="ExecutionNotFoundException">No execution with this id was accepted.</exception>
    [Alias("GetAsync"), AlwaysInterleave, AnyGateway]
    Task<Execution> GetAsync();

    /// <summary>Stores the cancel request; the outcome is what the platform then reports. Cancelling twice is not an error.</summary>
    /// <exception cref="ExecutionNotFoundException">No execution with this id was accepted.</exception>
    /// <exception cref="ExecutionFinishedException">It has ended already.</exception>
    /// <exception cref="CommandNotSupportedException">The platform cannot cancel.</exception>
    [Alias("CancelAsync"), AnyGateway]
    Task<Execution> CancelAsync(string? reason);

    /// <summary>Stops watching; the outcome is <see cref="ExecutionStatus.Abandoned"/>. Abandoning twice is not an error.</summary>
    /// <exception cref="ExecutionNotFoundException">No execution with this id was accepted.</exception>
    /// <exception cref="ExecutionFinishedException">It has ended with another status.</exception>
    [Alias("AbandonAsync"), AnyGateway]
    Task<Execution> AbandonAsync(string? reason);

    /// <summary>Asks the platform to run the finished execution again under the same id, as the next attempt.</summary>
    /// <exception cref="ExecutionNotFoundException">No execution with this id was accepted.</exception>
    /// <exception cref="ExecutionConflictException">It has not ended, or it succeeded.</exception>
    /// <exception cref="CommandNotSupportedException">The platform cannot retry.</exception>
    [Alias("RetryAsync"), AnyGateway]
    Task<Execution> RetryAsync();

    /// <summary>Hints that polling now is worthwhile. An unknown id is not an error.</summary>
    [Alias("NudgeAsync"), AnyGateway]
    Task NudgeAsync();

    /// <summary>
    /// Adds an observer for 60 seconds, or renews it, and returns the stored execution: the result includes all earlier changes, and later ones
    /// are sent to the observer. Observers are notified at best effort; for durable delivery use <see cref="IExecutionSubscriber"/>.
    /// </summary>
    /// <exception cref="ExecutionNotFoundException">No execution with this id was accepted.</exception>
    [Alias("SubscribeAsync"), AlwaysInterleave, AnyGateway]
    Task<Execution> SubscribeAsync(IExecutionObserver observer);

    /// <summary>Removes an observer. Removing one that is not subscribed is not an error.</summary>
    [Alias("UnsubscribeAsync"), AlwaysInterleave, AnyGateway]
    Task UnsubscribeAsync(IExecutionObserver observer);
}

/// <summary>The answer to a start.</summary>
/// <param name="Execution">The execution.</param>
/// <param name="Created">False if it already existed.</param>
[GenerateSerializer, Immutable, Alias("vigil.StartResult")]
public sealed record StartResult(
    [property: Id(0), JsonPropertyName("execution")] Execution Execution,
    [property: Id(1), JsonPropertyName("created")] bool Created);
