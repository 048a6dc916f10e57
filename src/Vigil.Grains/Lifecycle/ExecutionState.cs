using System.Text.Json.Serialization;

namespace Vigil.Grains.Lifecycle;

/// <summary>
/// The state of one execution. It changes only through <see cref="ExecutionLifecycle.Apply"/>. A member that is missing in a stored row reads as its
/// type's default, not as its initialiser's value: that is how the generated JSON reader treats <c>init</c>.
/// </summary>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionState")]
internal sealed record ExecutionState : IStoredState
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public required string Connection { get; init; }
    [Id(2)] public required string Platform { get; init; }
    [Id(3)] public ExecutionTarget? Target { get; init; }
    [Id(4)] public ImmutableDictionary<string, string> Metadata { get => field ?? ImmutableDictionary<string, string>.Empty; init; }
    [Id(5)] public bool CancelOnAbandon { get; init; }
    [Id(6)] public ImmutableArray<string> Subscribers { get => field.IsDefault ? [] : field; init; }

    /// <summary>Gets the hash of the request, with which a repeated request is compared.</summary>
    [Id(7)] public required string RequestHash { get; init; }

    [Id(8)] public ExecutionStatus Status { get; init; }
    [Id(9)] public string? RawStatus { get; init; }
    [Id(10)] public int Attempt { get; init; } = 1;

    /// <summary>Gets the number of durable writes so far.</summary>
    [Id(11)] public long Version { get; init; }

    [Id(12)] public string? RemoteId { get; init; }

    /// <summary>Gets the progress of the start, or of the retry that opens the next attempt.</summary>
    [Id(13)] public Submission Submission { get => field ?? new(); init; }

    [Id(14)] public ExecutionProgress? Progress { get; init; }
    [Id(15)] public ImmutableArray<StepEntry> Steps { get => field.IsDefault ? [] : field; init; }
    [Id(16)] public ExecutionFailure? Failure { get; init; }
    [Id(17)] public ExecutionUsage? Usage { get; init; }
    [Id(18)] public bool OutputTruncated { get; init; }

    [Id(19)] public DateTimeOffset AcceptedAt { get; init; }
    [Id(20)] public DateTimeOffset DeadlineAt { get; init; }
    [Id(21)] public DateTimeOffset? SubmittedAt { get; init; }
    [Id(22)] public DateTimeOffset? StartedAt { get; init; }
    [Id(23)] public DateTimeOffset? EndedAt { get; init; }
    [Id(24)] public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>Gets when the attempt opened. Polls sent earlier are dropped.</summary>
    [Id(25)] public DateTimeOffset AttemptOpenedAt { get; init; }

    /// <summary>Gets when the platform first reported the run as unknown, or refused to return it; null once it is seen again.</summary>
    [Id(26)] public DateTimeOffset? NotFoundSince { get; init; }

    [Id(27)] public CancelRequest? Cancel { get; init; }
    [Id(28)] public PendingWork PendingWork { get; init; }

    /// <summary>Gets the pending work that was given up.</summary>
    [Id(29)] public ImmutableArray<GivenUpWork> GivenUp { get => field.IsDefault ? [] : field; init; }

    [Id(30)] public long Polls { get; init; }
    [Id(31)] public double Requests { get; init; }
    [Id(32)] public long? LagMs { get; init; }
    [Id(33)] public bool HasReminder { get; init; }

    /// <summary>Gets the outcomes of earlier attempts, oldest first.</summary>
    [Id(34)] public ImmutableArray<AttemptOutcome> History { get => field.IsDefault ? [] : field; init; }

    [Id(35)] public DateTimeOffset StoredAt { get; init; }

    [Id(36)] public DateTimeOffset? PendingSince { get; init; }

    /// <summary>Gets a value indicating whether the state has changes that are not stored yet. Never stored.</summary>
    [Id(37), JsonIgnore] public bool Unsaved { get; init; }

    /// <summary>Gets the unacknowledged reports to steps. Never stored: after a crash the steps are fetched again.</summary>
    [Id(38), JsonIgnore] public ImmutableArray<WaitingReport> Reports { get => field.IsDefault ? [] : field; init; }

    /// <summary>Gets the stored members that this version of Vigil does not know, as one JSON object; null if there are none.</summary>
    [Id(39), JsonIgnore] public string? UnknownMembers { get; init; }

    /// <summary>Gets when a hint asked to check whether the finished run is running again. Never stored.</summary>
    [Id(40), JsonIgnore] public DateTimeOffset? RecheckRequestedAt { get; init; }

    /// <summary>Gets by how much the platform's clock was ahead when the end was converted to ours; null for zero.</summary>
    [Id(41)] public TimeSpan? ClockAhead { get; init; }

    /// <summary>Gets the number of steps reported by the platform; more than <see cref="Steps"/> if not all are kept.</summary>
    [Id(42)] public int StepsTotal { get; init; }

    /// <summary>Gets until when a run is polled whose deadline passed while no activation watched it: it may have ended in time. Never stored.</summary>
    [Id(43), JsonIgnore] public DateTimeOffset? PolledPastDeadlineUntil { get; init; }

    /// <summary>Gets how often the platform did not return the run when it was polled alone since <see cref="NotFoundSince"/>.</summary>
    [Id(60), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int NotFoundCount { get; init; }

    /// <summary>Gets why Vigil cannot follow the run at the moment; null while all is well.</summary>
    [Id(61)] public ExecutionAttention? Attention { get; init; }

    /// <summary>
    /// Gets the length of the attempt's output in bytes; null if there is none, or if it was stored before lengths were; 0 if there is none yet and what is
    /// stored belongs to an earlier attempt.
    /// </summary>
    [Id(62)] public int? OutputBytes { get; init; }

    /// <summary>Gets the write in progress, if any. It is neither serialized nor migrated.</summary>
    [JsonIgnore]
    [field: NonSerialized]
    public ExecutionWrite? Write { get; init; }

    StateWrite IStoredState.Write => Write ?? throw new InvalidOperationException("No write is in progress.");

    /// <summary>Gets a value indicating whether Vigil still has work to do for it.</summary>
    [JsonIgnore] public bool Live => !Status.IsTerminal() || PendingWork != PendingWork.None || Submission.Open;

    public RemoteRun ToRemoteRun() => new(RemoteId ?? throw new InvalidOperationException($"Execution '{Id}' has no run yet."), Target);

    public RunRequest Request(DateTimeOffset now, string? input = null, string? options = null) => new(
        Id,
        Target ?? throw new InvalidOperationException($"Execution '{Id}' has no target to start."),
        input,
        Metadata,
        DeadlineAt - now,
        Submission.FirstClaimedAt,
        options);

    public ExecutionState CloseSubmission() =>
        Submission.Open ? this with { Submission = Submission with { Phase = SubmissionPhase.Closed, NotBefore = null } } : this;

    /// <summary>Creates the send permit for the current claim.</summary>
    public SendPermit Permit(string? input, string? options, DateTimeOffset now) => new(
        Submission.IsRetry ? null : Request(now, input, options),
        Submission.IsRetry ? ToRemoteRun() : null,
        Submission.SendBefore ?? throw new InvalidOperationException($"Execution '{Id}' is not claimed."),
        Submission.Claims);
}

/// <summary>The progress of a start or retry. A conditional write changes it from queued to sending before the request is sent.</summary>
[GenerateSerializer, Immutable, Alias("vigil.Submission")]
internal sealed record Submission
{
    [Id(0)] public SubmissionPhase Phase { get; init; }

    /// <summary>Gets a value indicating whether it is a retry rather than a first start.</summary>
    [Id(1)] public bool IsRetry { get; init; }

    /// <summary>Gets the silo that holds the claim.</summary>
    [Id(2)] public string? Silo { get; init; }

    /// <summary>Gets the time after which the claimed request must not be sent.</summary>
    [Id(3)] public DateTimeOffset? SendBefore { get; init; }

    /// <summary>Gets when it was first claimed, which is where a search for the marker begins. Null if it was certainly never sent.</summary>
    [Id(4)] public DateTimeOffset? FirstClaimedAt { get; init; }

    /// <summary>Gets the earliest time of the next try while queued.</summary>
    [Id(5)] public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Gets the number of the last claim; claims are counted over all attempts.</summary>
    [Id(6)] public int Claims { get; init; }

    /// <summary>Gets what was last learned of an unsuccessful request, with its HTTP status and time, for people; null if nothing was.</summary>
    [Id(7)] public string? LastError { get; init; }

    /// <summary>Gets how often it was sent back to the queue.</summary>
    [Id(20), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int SentBack { get; init; }

    /// <summary>Gets a value indicating whether it may still be sent or confirmed.</summary>
    [JsonIgnore] public bool Open => Phase is SubmissionPhase.Queued or SubmissionPhase.Sending or SubmissionPhase.Ambiguous;

    /// <summary>Gets a value indicating whether its marker is searched for. A retry needs no search: its run is known.</summary>
    [JsonIgnore] public bool SearchesMarker => Phase is SubmissionPhase.Ambiguous && !IsRetry;
}

[JsonConverter(typeof(SnakeCaseEnumConverter<SubmissionPhase>))]
internal enum SubmissionPhase
{
    /// <summary>Certainly not sent.</summary>
    Queued = 0,

    /// <summary>Claimed, and may have been sent.</summary>
    Sending = 1,

    /// <summary>Sent, with an unknown outcome.</summary>
    Ambiguous = 2,

    /// <summary>Confirmed by the platform.</summary>
    Confirmed = 3,

    /// <summary>Not to be sent: refused, cancelled before sending, given up, or the run was adopted.</summary>
    Closed = 4,
}

/// <summary>A step's summary and the version of its last change. It must be reported until its grain has acknowledged that version.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StepEntry")]
internal sealed record StepEntry(
    [property: Id(0)] StepSummary Summary,
    [property: Id(1)] long Version,
    [property: Id(3)] string Fingerprint)
{
    /// <summary>Gets the version that the step's grain acknowledged. Not stored: the next activation reads the version from the step's own row.</summary>
    [Id(2), JsonIgnore] public long Acknowledged { get; init; }
}

/// <summary>A report that its step has not acknowledged yet.</summary>
/// <param name="Report">The report, including the input and output, which the execution itself does not keep.</param>
/// <param name="Reported">Whether it has been sent.</param>
[GenerateSerializer, Immutable, Alias("vigil.WaitingReport")]
internal sealed record WaitingReport(
    [property: Id(0)] StepReport Report,
    [property: Id(1)] bool Reported);

/// <summary>A request by a caller or by the policy to stop the remote run.</summary>
[GenerateSerializer, Immutable, Alias("vigil.CancelRequest")]
internal sealed record CancelRequest(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string? Reason,
    [property: Id(2)] bool Acknowledged = false,
    [property: Id(3)] string? Refused = null);

[GenerateSerializer, Immutable, Alias("vigil.GivenUpWork")]
internal sealed record GivenUpWork(
    [property: Id(0)] PendingWork Work,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Reason);

[GenerateSerializer, Immutable, Alias("vigil.AttemptOutcome")]
internal sealed record AttemptOutcome(
    [property: Id(0)] int Attempt,
    [property: Id(1)] ExecutionStatus Status,
    [property: Id(2)] string? RawStatus,
    [property: Id(3)] ExecutionFailure? Failure,
    [property: Id(4)] DateTimeOffset? EndedAt,
    [property: Id(5)] TimeSpan? ClockAhead = null);
