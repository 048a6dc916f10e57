namespace Vigil.Grains;

/// <summary>
/// The execution grain as the silo's poller, audit and reminders see it. The key is the execution's id. Where nothing was accepted under
/// that id, every method but <see cref="WakeAsync"/> throws <see cref="ExecutionNotFoundException"/>: there is nothing to watch.
/// </summary>
[Alias("vigil.IWatchedExecution")]
internal interface IWatchedExecution : IGrainWithStringKey
{
    /// <summary>
    /// Claims the start or the retry for one silo in a conditional write; null where there is nothing to send any more. A silo asks only while it
    /// holds no permit for this execution: asking again after a lost answer makes the earlier permit void, and its report may not follow.
    /// </summary>
    [Alias("ClaimAsync")]
    Task<SendPermit?> ClaimAsync(string silo);

    /// <summary>Applies what happened elsewhere. Repeating a report has no further effect.</summary>
    [Alias("ApplyAsync")]
    Task ApplyAsync(LifecycleInput.Report report);

    /// <summary>Activates the grain and has it take up what is left to do; a healthy activation does nothing.</summary>
    [Alias("WakeAsync")]
    Task WakeAsync();
}

/// <summary>Leave to send one request, once, until a moment.</summary>
/// <param name="Request">What to run; null where it is a retry: an adopted run may have no target.</param>
/// <param name="RetryOf">The run to run again, where it is a retry; null for a first start.</param>
/// <param name="SendBefore">Nothing is sent after this.</param>
/// <param name="ClaimNumber">The number of the claim, for the report: what one claim's request met says nothing about another's.</param>
[GenerateSerializer, Immutable, Alias("vigil.SendPermit")]
internal sealed record SendPermit(
    [property: Id(0)] RunRequest? Request,
    [property: Id(1)] RemoteRun? RetryOf,
    [property: Id(2)] DateTimeOffset SendBefore,
    [property: Id(3)] int ClaimNumber);
