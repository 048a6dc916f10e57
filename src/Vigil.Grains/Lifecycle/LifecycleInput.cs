namespace Vigil.Grains.Lifecycle;

/// <summary>
/// What the lifecycle is given: a command, a tick, or what another part of the silo reports. Reports are what <see cref="IWatchedExecution"/> is
/// called with, as they are.
/// </summary>
[GenerateSerializer, Immutable, Alias("vigil.LifecycleInput")]
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

    /// <summary>
    /// The silo's poller has a slot for the start or the retry; <paramref name="Silo"/> names the silo, and its asking says that it holds no permit
    /// for this execution.
    /// </summary>
    public sealed record Claim(string Silo) : LifecycleInput;

    /// <summary>Time has passed: the deadline, a claim that ran out, progress that waits to be stored.</summary>
    public sealed record Tick : LifecycleInput;

    /// <summary>
    /// The grain was activated and has read its state: claims of silos that are gone and work left over are taken up again.
    /// <paramref name="StoredSteps"/>: the versions of its steps that are stored, by the keys of their grains, which need not be told again.
    /// </summary>
    public sealed record Woken(string Silo, bool ClaimantIsActive, ImmutableDictionary<string, long> StoredSteps) : LifecycleInput;

    /// <summary>What happened elsewhere, told to the grain until it has taken it.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.Report")]
    public abstract record Report : LifecycleInput;

    /// <summary>The platform confirmed the start or the retry. <paramref name="ClaimNumber"/>: the permit's; 0 where a look for the marker found it.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.Confirmed")]
    public sealed record Confirmed(
        [property: Id(0)] int ClaimNumber,
        [property: Id(1)] Submitted Submitted,
        [property: Id(2)] DateTimeOffset SentAt,
        [property: Id(3)] DateTimeOffset ReceivedAt) : Report;

    /// <summary>It failed; whether it can have been acted on is in the error.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.SubmitFailed")]
    public sealed record SubmitFailed([property: Id(0)] int ClaimNumber, [property: Id(1)] PlatformError Error) : Report;

    /// <summary>The claim ran out before the request left, so it was not sent.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.NotSent")]
    public sealed record NotSent([property: Id(0)] int ClaimNumber) : Report;

    /// <summary>A look for the marker found nothing, or, with a final <paramref name="Error"/>, no look ever will.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.MarkerNotFound")]
    public sealed record MarkerNotFound([property: Id(0)] DateTimeOffset SentAt, [property: Id(1)] PlatformError? Error = null) : Report;

    /// <summary>
    /// What a poll said. <paramref name="Polls"/>: how often the run was polled since the last report; <paramref name="RequestShare"/>: how many
    /// requests that cost, where one for several runs counts in parts.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.Polled")]
    public abstract record Polled([property: Id(0)] double RequestShare, [property: Id(1)] long Polls) : Report;

    /// <summary>The platform told where the run stands. <paramref name="Single"/>: asked for by itself, as a look at a finished run is.</summary>
    [GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("vigil.LifecycleInput.Observed")]
    public sealed record Observed([property: Id(0)] Observation Observation, double RequestShare, long Polls, [property: Id(1)] bool Single = false)
        : Polled(RequestShare, Polls);

    /// <summary>The platform does not know the run. <paramref name="Single"/>: asked for by itself, as a confirmation must be.</summary>
    [GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("vigil.LifecycleInput.NotFound")]
    public sealed record NotFound(
        [property: Id(0)] int Attempt, [property: Id(1)] DateTimeOffset SentAt, [property: Id(2)] bool Single, double RequestShare = 0, long Polls = 0)
        : Polled(RequestShare, Polls);

    /// <summary>No poll of this execution will ever succeed. Transient errors stay in the poller.</summary>
    [GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("vigil.LifecycleInput.PollFailed")]
    public sealed record PollFailed(
        [property: Id(0)] int Attempt, [property: Id(1)] DateTimeOffset SentAt, [property: Id(2)] PlatformError Error, double RequestShare = 0, long Polls = 0)
        : Polled(RequestShare, Polls);

    /// <summary>The platform answered a cancellation of this attempt; null: it accepted. Transient errors stay in the poller.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.CancelAnswered")]
    public sealed record CancelAnswered([property: Id(0)] int Attempt, [property: Id(1)] PlatformError? Error) : Report;

    /// <summary>The answer to one <see cref="LifecycleEffect.TellSteps"/>: the versions that were acknowledged, by step id.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.StepsAcknowledged")]
    public sealed record StepsAcknowledged([property: Id(0)] ImmutableDictionary<string, long> Versions) : Report;

    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.WorkDone")]
    public sealed record WorkDone([property: Id(0)] PendingWork Work) : Report;

    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.WorkFailed")]
    public sealed record WorkFailed([property: Id(0)] PendingWork Work, [property: Id(1)] string Reason) : Report;

    /// <summary>The reminder holds, or one ticks of which the state does not know.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.ReminderRegistered")]
    public sealed record ReminderRegistered : Report;
}
