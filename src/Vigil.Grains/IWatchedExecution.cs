namespace Vigil.Grains;

/// <summary>
/// The execution grain as the silo's poller, audit and reminders see it. The key is the execution's id. If no execution with that id was accepted,
/// every method except <see cref="WakeAsync"/> throws <see cref="ExecutionNotFoundException"/>.
/// </summary>
[Alias("vigil.IWatchedExecution")]
internal interface IWatchedExecution : IGrainWithStringKey
{
    /// <summary>
    /// Claims the start or retry for one silo in a conditional write; returns null if there is nothing left to send. A silo calls this only while it
    /// holds no permit for the execution: calling again after a lost answer voids the earlier permit, so nothing may be reported for it.
    /// </summary>
    [Alias("ClaimAsync")]
    Task<SendPermit?> ClaimAsync(string silo);

    /// <summary>Applies a report. Reports are idempotent.</summary>
    [Alias("ApplyAsync")]
    Task ApplyAsync(LifecycleInput.Report report);

    /// <summary>Activates the grain and resumes its outstanding work; does nothing if the activation is healthy.</summary>
    [Alias("WakeAsync")]
    Task WakeAsync();
}

/// <summary>Permission to send one request once, before a given time.</summary>
/// <param name="Request">What to run; null for a retry, since an adopted run may have no target.</param>
/// <param name="RetryOf">The run to retry; null for a first start.</param>
/// <param name="SendBefore">The time after which the request must not be sent.</param>
/// <param name="ClaimNumber">The claim's number, which the report repeats: the outcome of one claim proves nothing about another.</param>
[GenerateSerializer, Immutable, Alias("vigil.SendPermit")]
internal sealed record SendPermit(
    [property: Id(0)] RunRequest? Request,
    [property: Id(1)] RemoteRun? RetryOf,
    [property: Id(2)] DateTimeOffset SendBefore,
    [property: Id(3)] int ClaimNumber);
