namespace Vigil.Grains.Lifecycle;

/// <summary>
/// An input of the lifecycle: a command, a tick, or a report by another part of the silo. Reports are passed to <see cref="IWatchedExecution"/> as they
/// are.
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

    /// <summary>A hint that the run may have changed. Matters only to finished executions that can be retried; the poller handles live ones.</summary>
    public sealed record Nudge : LifecycleInput;

    /// <summary>
    /// The poller of <paramref name="Silo"/> has a slot for the start or the retry. The claim implies that the silo holds no permit for this execution.
    /// </summary>
    public sealed record Claim(string Silo) : LifecycleInput;

    /// <summary>A due time has come: the deadline, an expired claim, or progress that must be stored.</summary>
    public sealed record Tick : LifecycleInput;

    /// <summary>
    /// The grain was activated and has read its state, and resumes outstanding work and claims of silos that are gone.
    /// <paramref name="StoredSteps"/>: the stored versions of its steps, by grain key; they need not be reported again.
    /// </summary>
    public sealed record Woken(string Silo, bool ClaimantIsActive, ImmutableDictionary<string, long> StoredSteps) : LifecycleInput;

    /// <summary>Something that happened elsewhere; repeated until the grain has processed it.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.Report")]
    public abstract record Report : LifecycleInput;

    /// <summary>The platform confirmed the start or retry. <paramref name="ClaimNumber"/>: the permit's, or 0 if a search for the marker found it.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.Confirmed")]
    public sealed record Confirmed(
        [property: Id(0)] int ClaimNumber,
        [property: Id(1)] Submitted Submitted,
        [property: Id(2)] DateTimeOffset SentAt,
        [property: Id(3)] DateTimeOffset ReceivedAt) : Report;

    /// <summary>The start or retry failed; the error states whether it can have been acted on.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.SubmitFailed")]
    public sealed record SubmitFailed([property: Id(0)] int ClaimNumber, [property: Id(1)] PlatformError Error, [property: Id(2)] DateTimeOffset ReceivedAt) : Report;

    /// <summary>The claim expired before the request was sent.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.NotSent")]
    public sealed record NotSent([property: Id(0)] int ClaimNumber) : Report;

    /// <summary>
    /// A search for the marker found nothing; with a final <paramref name="Error"/>, none ever will; another one
    /// is reported once searches have failed three times in a row.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.MarkerNotFound")]
    public sealed record MarkerNotFound([property: Id(0)] DateTimeOffset SentAt, [property: Id(1)] PlatformError? Error = null) : Report;

    /// <summary>
    /// The result of a poll. <paramref name="Polls"/>: how often the run was polled since the last report; <paramref name="RequestShare"/>: how many
    /// requests that took, where a request for several runs counts as a fraction for each.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.Polled")]
    public abstract record Polled([property: Id(0)] double RequestShare, [property: Id(1)] long Polls) : Report
    {
        /// <summary>Gets why the run's polls need attention; null while they do not, or not yet.</summary>
        [Id(2)] public ExecutionAttention? Attention { get; init; }
    }

    /// <summary>The platform returned the run. <paramref name="Single"/>: polled alone, as a finished run is.</summary>
    [GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("vigil.LifecycleInput.Observed")]
    public sealed record Observed([property: Id(0)] Observation Observation, double RequestShare, long Polls, [property: Id(1)] bool Single = false)
        : Polled(RequestShare, Polls);

    /// <summary>
    /// The platform does not know the run. <paramref name="Single"/>: polled alone, as a confirmation must be. <paramref name="Proof"/>: what the platform
    /// could find at the same time.
    /// </summary>
    [GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("vigil.LifecycleInput.NotFound")]
    public sealed record NotFound(
        [property: Id(0)] int Attempt, [property: Id(1)] DateTimeOffset SentAt, [property: Id(2)] bool Single, double RequestShare = 0, long Polls = 0,
        [property: Id(3)] AbsenceProof Proof = AbsenceProof.None)
        : Polled(RequestShare, Polls);

    /// <summary>
    /// A poll failed. With a final error the platform refuses to return this run, and <paramref name="Single"/> and <paramref name="Proof"/> are as for a
    /// not-found. The poller handles other errors itself and reports only that they need attention.
    /// </summary>
    [GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("vigil.LifecycleInput.PollFailed")]
    public sealed record PollFailed(
        [property: Id(0)] int Attempt, [property: Id(1)] DateTimeOffset SentAt, [property: Id(2)] PlatformError Error, double RequestShare = 0, long Polls = 0,
        [property: Id(3)] bool Single = false, [property: Id(4)] AbsenceProof Proof = AbsenceProof.None)
        : Polled(RequestShare, Polls);

    /// <summary>The platform's answer to a cancellation of this attempt; a null error means accepted. The poller handles transient errors itself.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.CancelAnswered")]
    public sealed record CancelAnswered([property: Id(0)] int Attempt, [property: Id(1)] PlatformError? Error) : Report;

    /// <summary>The answer to one <see cref="LifecycleEffect.ReportSteps"/>: the versions that were acknowledged, by step id.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.StepsAcknowledged")]
    public sealed record StepsAcknowledged([property: Id(0)] ImmutableDictionary<string, long> Versions) : Report;

    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.WorkDone")]
    public sealed record WorkDone([property: Id(0)] PendingWork Work) : Report;

    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.WorkFailed")]
    public sealed record WorkFailed([property: Id(0)] PendingWork Work, [property: Id(1)] string Reason) : Report;

    /// <summary>The reminder was registered, or one ticked that the state does not record.</summary>
    [GenerateSerializer, Immutable, Alias("vigil.LifecycleInput.ReminderRegistered")]
    public sealed record ReminderRegistered : Report;
}
