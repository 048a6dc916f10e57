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

    /// <summary>Records how a submit went.</summary>
    [Alias("SubmittedAsync")]
    Task SubmittedAsync(SubmitReport report);

    /// <summary>Records a change, a not-found or an error. An unchanged answer is not reported.</summary>
    [Alias("ObserveAsync")]
    Task ObserveAsync(PollReport report);

    /// <summary>Records the platform's answer to a cancellation of an attempt; null where it accepted.</summary>
    [Alias("CancelAnsweredAsync")]
    Task CancelAnsweredAsync(int attempt, PlatformError? error);

    /// <summary>Records that the full answer cannot be fetched.</summary>
    [Alias("DetailFailedAsync")]
    Task DetailFailedAsync(PlatformError error);

    /// <summary>Records which versions the step grains have acknowledged, by step id.</summary>
    [Alias("StepsAcknowledgedAsync")]
    Task StepsAcknowledgedAsync(ImmutableDictionary<string, long> versions);

    /// <summary>Records that the reminder is registered now, or removed.</summary>
    [Alias("ReminderChangedAsync")]
    Task ReminderChangedAsync(bool registered);

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

/// <summary>How a sending, or a look for its marker, went: exactly one of confirmed, failed, marker not found; none of them: it was not sent.</summary>
/// <param name="ClaimNumber">The permit's <see cref="SendPermit.ClaimNumber"/>; 0 for a look.</param>
/// <param name="SentAt">When the request left.</param>
/// <param name="ReceivedAt">When its answer was there.</param>
/// <param name="Confirmed">What the platform confirmed.</param>
/// <param name="Error">What went wrong; with <paramref name="MarkerNotFound"/> why no look will ever succeed.</param>
/// <param name="MarkerNotFound">A look for the marker found nothing.</param>
[GenerateSerializer, Immutable, Alias("vigil.SubmitReport")]
internal sealed record SubmitReport(
    [property: Id(5)] int ClaimNumber,
    [property: Id(0)] DateTimeOffset SentAt,
    [property: Id(1)] DateTimeOffset ReceivedAt,
    [property: Id(2)] Submitted? Confirmed = null,
    [property: Id(3)] PlatformError? Error = null,
    [property: Id(4)] bool MarkerNotFound = false);

/// <summary>What a poll said that the grain must know: exactly one of seen, not found, failed.</summary>
/// <param name="Attempt">The attempt that was asked about.</param>
/// <param name="SentAt">When the request was sent.</param>
/// <param name="ReceivedAt">When its answer was there.</param>
/// <param name="Polls">How often it was polled since the last report.</param>
/// <param name="Requests">How many requests that cost it.</param>
/// <param name="Alone">Whether it was asked for by itself.</param>
/// <param name="Seen">Where the run stands.</param>
/// <param name="Error">What makes watching it pointless; both null: the platform does not know it.</param>
[GenerateSerializer, Immutable, Alias("vigil.PollReport")]
internal sealed record PollReport(
    [property: Id(0)] int Attempt,
    [property: Id(1)] DateTimeOffset SentAt,
    [property: Id(2)] DateTimeOffset ReceivedAt,
    [property: Id(3)] long Polls,
    [property: Id(4)] double Requests,
    [property: Id(5)] bool Alone,
    [property: Id(6)] Snapshot? Seen = null,
    [property: Id(7)] PlatformError? Error = null);
