namespace Vigil.Grains.Polling;

/// <summary>
/// The silo's way to the platforms: one poller per connection behind it. Grains hand work over and go on at once; nothing here is awaited
/// by a grain turn but <see cref="LookAsync"/>, and that only by an interleaving one. What the platform says comes back as calls of
/// <see cref="IWatchedExecution"/>. Repeating a hand-over has no further effect.
/// </summary>
internal interface ISiloPoller
{
    /// <summary>Makes sure that the run is known and that a poll is due within its cadence.</summary>
    void Watch(ExecutionState state);

    /// <summary>
    /// Forgets the execution: polls, queued submission, cancellations, all of it. The answer to a start or retry that has already been claimed
    /// is still reported, because nobody else can know it.
    /// </summary>
    void Forget(string connection, string executionId);

    /// <summary>Waits for a slot, then claims (<see cref="IWatchedExecution.ClaimAsync"/>), sends and reports.</summary>
    void QueueSubmission(string connection, string executionId, DateTimeOffset? notBefore);

    /// <summary>Looks for the marker of an ambiguous start until it is found or the time is up; each look is reported.</summary>
    void LookForMarker(string connection, RunRequest request);

    /// <summary>Asks for this run by itself, not before a time.</summary>
    void PollAlone(ExecutionState state, DateTimeOffset notBefore);

    /// <summary>Passes a cancellation on and reports the answer; transient failures are repeated.</summary>
    void Cancel(ExecutionState state, string? reason);

    /// <summary>Fetches the full answer and reports it; transient failures are repeated.</summary>
    void FetchDetail(ExecutionState state);

    /// <summary>Handles a hint that polling now would pay. Hints are merged to one per quarter cadence.</summary>
    void Nudge(string connection, string executionId);

    /// <summary>Asks once about a run that no execution watches yet; null where the platform does not know it.</summary>
    /// <exception cref="PlatformException">The platform gave no usable answer.</exception>
    Task<Observation?> LookAsync(string connection, string remoteId, ExecutionTarget? target, CancellationToken cancellationToken);

    /// <summary>Tells whether the silo watches this execution or holds work for it; what the audit asks.</summary>
    bool Knows(string connection, string executionId);

    /// <summary>Tells whether the execution's start or retry is being sent here, or how that went could not be reported yet.</summary>
    bool HoldsStart(string connection, string executionId);

    /// <summary>Tells when the execution will be polled next and what was seen last, stored or not.</summary>
    WatchStatus? StatusOf(string connection, string executionId);

    /// <summary>Tells where a connection stands on this silo.</summary>
    ConnectionReport ReportOf(string connection);
}

/// <summary>What the poller knows of one execution at the moment.</summary>
/// <param name="NextPollAt">When it will be polled next; null while the connection is suspended.</param>
/// <param name="ObservedAt">When the request was sent whose answer is the newest.</param>
/// <param name="Progress">How far it was then, told to the grain or not.</param>
/// <param name="Polls">The polls that no report has told yet.</param>
/// <param name="Requests">The requests that no report has told yet.</param>
internal sealed record WatchStatus(DateTimeOffset? NextPollAt, DateTimeOffset? ObservedAt, ExecutionProgress? Progress, long Polls, double Requests);

/// <summary>Where a connection stands on one silo.</summary>
/// <param name="Connection">Its name.</param>
/// <param name="Watched">How many executions it watches.</param>
/// <param name="Queued">How many starts wait.</param>
/// <param name="EffectiveCadence">The time between two polls of a run that the budget allows at the moment.</param>
/// <param name="RequestsPerMinute">The rate at which this silo may send: its part of the connection's.</param>
/// <param name="Suspended">Why it sends nothing; null where it does.</param>
/// <param name="LastError">The last failure of a request, for people.</param>
internal sealed record ConnectionReport(
    string Connection, int Watched, int Queued, TimeSpan EffectiveCadence, double RequestsPerMinute, string? Suspended, string? LastError);
