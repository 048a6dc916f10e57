namespace Vigil.Grains.Lifecycle;

/// <summary>What the lifecycle is given: a command, an observation or a tick.</summary>
internal abstract record LifecycleInput
{
    private LifecycleInput()
    {
    }

    // Commands.
    public sealed record Start(string Id, string Platform, StartExecution Request, string RequestHash) : LifecycleInput;

    public sealed record Adopt(string Id, string Platform, AdoptExecution Request, string RequestHash, Observation FirstLook) : LifecycleInput;

    public sealed record Cancel(string? Reason) : LifecycleInput;

    public sealed record Abandon(string? Reason) : LifecycleInput;

    public sealed record Retry : LifecycleInput;

    /// <summary>Somebody hints that looking now would pay. It matters to a finished execution whose platform can retry; live ones are the poller's.</summary>
    public sealed record Nudge : LifecycleInput;

    // The start, or a retry, on its way.
    /// <summary>
    /// The silo's poller has a slot for it; <paramref name="Silo"/> names the silo, and its asking says that it holds no permit for this execution.
    /// </summary>
    public sealed record Claim(string Silo) : LifecycleInput;

    /// <summary>The platform confirmed it. <paramref name="ClaimNumber"/>: the permit's number; 0 where a look for the marker found it.</summary>
    public sealed record Confirmed(int ClaimNumber, Submitted Submitted, DateTimeOffset SentAt, DateTimeOffset ReceivedAt) : LifecycleInput;

    /// <summary>It failed; whether it can have been acted on is in the error.</summary>
    public sealed record SubmitFailed(int ClaimNumber, PlatformError Error) : LifecycleInput;

    /// <summary>The claim ran out before the request left, so it was not sent.</summary>
    public sealed record NotSent(int ClaimNumber) : LifecycleInput;

    /// <summary>A look for the marker found nothing, or, with a final <paramref name="Error"/>, no look ever will.</summary>
    public sealed record MarkerNotFound(DateTimeOffset SentAt, PlatformError? Error = null) : LifecycleInput;

    // Observations.
    /// <summary>The platform told where the run stands. <paramref name="Single"/>: asked for by itself, as a look at a finished run is.</summary>
    public sealed record Observed(Observation Observation, double RequestShare, long Polls, bool Single = false) : LifecycleInput;

    /// <summary>The platform does not know the run. <paramref name="Single"/>: asked for by itself, as a confirmation must be.</summary>
    public sealed record NotFound(int Attempt, DateTimeOffset SentAt, bool Single, double RequestShare = 0, long Polls = 0) : LifecycleInput;

    /// <summary>Final for this execution. Transient errors stay in the poller.</summary>
    public sealed record PollFailed(int Attempt, DateTimeOffset SentAt, PlatformError Error, double RequestShare = 0, long Polls = 0) : LifecycleInput;

    // Pending work.
    /// <summary>The platform answered a cancellation of this attempt; null: it accepted. Transient errors stay in the poller.</summary>
    public sealed record CancelAnswered(int Attempt, PlatformError? Error) : LifecycleInput;

    /// <summary>The answer to one <see cref="LifecycleEffect.TellSteps"/>: the versions that were acknowledged, by step id.</summary>
    public sealed record StepsAcknowledged(ImmutableDictionary<string, long> Versions) : LifecycleInput;

    public sealed record WorkDone(PendingWork Work) : LifecycleInput;

    public sealed record WorkFailed(PendingWork Work, string Reason) : LifecycleInput;

    /// <summary>The reminder holds, or one ticks of which the state does not know.</summary>
    public sealed record ReminderRegistered : LifecycleInput;

    /// <summary>Time has passed: the deadline, a claim that ran out, progress that waits to be stored.</summary>
    public sealed record Tick : LifecycleInput;

    /// <summary>
    /// The grain was activated and has read its state: claims of silos that are gone and work left over are taken up again.
    /// <paramref name="StoredSteps"/>: the versions of its steps that are stored, by the keys of their grains, which need not be told again.
    /// </summary>
    public sealed record Woken(string Silo, bool ClaimantIsActive, ImmutableDictionary<string, long> StoredSteps) : LifecycleInput;
}
