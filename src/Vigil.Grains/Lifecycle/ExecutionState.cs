using System.Text.Json.Serialization;

namespace Vigil.Grains.Lifecycle;

/// <summary>
/// What is stored of one execution. It changes only through <see cref="ExecutionLifecycle.Apply"/>. A member that a stored row lacks reads as its
/// type's default, whatever its initialiser says: that is how the generated JSON reader treats <c>init</c>.
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

    /// <summary>Gets the hash of the request that made it; what a repeated key is judged by.</summary>
    [Id(7)] public required string RequestHash { get; init; }

    [Id(8)] public ExecutionStatus Status { get; init; }
    [Id(9)] public string? RawStatus { get; init; }
    [Id(10)] public int Attempt { get; init; } = 1;

    /// <summary>Gets the number of durable writes; the next write stores this plus one.</summary>
    [Id(11)] public long Version { get; init; }

    [Id(12)] public string? RemoteId { get; init; }

    /// <summary>Gets where the start, or the retry that opens the next attempt, stands.</summary>
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

    /// <summary>Gets when the attempt opened: observations sent before are dropped.</summary>
    [Id(25)] public DateTimeOffset AttemptOpenedAt { get; init; }

    /// <summary>Gets when the platform first did not know the run; null once it is seen again.</summary>
    [Id(26)] public DateTimeOffset? NotFoundSince { get; init; }

    [Id(27)] public CancelRequest? Cancel { get; init; }
    [Id(28)] public PendingWork PendingWork { get; init; }

    /// <summary>Gets the pending work that was given up, with the reason.</summary>
    [Id(29)] public ImmutableArray<GivenUpWork> GivenUp { get => field.IsDefault ? [] : field; init; }

    [Id(30)] public long Polls { get; init; }
    [Id(31)] public double Requests { get; init; }
    [Id(32)] public long? LagMs { get; init; }
    [Id(33)] public bool HasReminder { get; init; }

    /// <summary>Gets how earlier attempts ended, oldest first.</summary>
    [Id(34)] public ImmutableArray<AttemptOutcome> History { get => field.IsDefault ? [] : field; init; }

    /// <summary>Gets when it was last written.</summary>
    [Id(35)] public DateTimeOffset StoredAt { get; init; }

    /// <summary>Gets since when there is pending work.</summary>
    [Id(36)] public DateTimeOffset? PendingSince { get; init; }

    /// <summary>Gets a value indicating whether this holds what a write must still store. Itself it is never stored.</summary>
    [Id(37), JsonIgnore] public bool Unsaved { get; init; }

    /// <summary>Gets the reports to steps that wait for an acknowledgement. They are never stored: after a crash the platform is asked again.</summary>
    [Id(38), JsonIgnore] public ImmutableArray<WaitingReport> Reports { get => field.IsDefault ? [] : field; init; }

    /// <summary>Gets the stored members that this version of Vigil does not know, as one JSON object; null where there is none.</summary>
    [Id(39), JsonIgnore] public string? UnknownMembers { get; init; }

    /// <summary>Gets when somebody hinted that the finished run runs again. It is never stored.</summary>
    [Id(40), JsonIgnore] public DateTimeOffset? LookAgainSince { get; init; }

    /// <summary>Gets by how much the platform's end was set back to our clock; null for not at all.</summary>
    [Id(41)] public TimeSpan? ClockAhead { get; init; }

    /// <summary>Gets how many steps the run has, as far as was told; more than there are <see cref="Steps"/> where not all are kept.</summary>
    [Id(42)] public int StepsTotal { get; init; }

    /// <summary>Gets the write that stores this state, only while it is under way. It goes nowhere with the state.</summary>
    [JsonIgnore]
    [field: NonSerialized]
    public ExecutionWrite? Write { get; init; }

    StateWrite IStoredState.Write => Write ?? throw new InvalidOperationException("No write is under way.");

    /// <summary>Gets a value indicating whether Vigil must still do something for it.</summary>
    [JsonIgnore] public bool Live => !Status.IsTerminal() || PendingWork != PendingWork.None || Submission.Open;

    /// <summary>Gets the run as the platform knows it; only where it is known.</summary>
    [JsonIgnore] public RemoteRun RemoteRun => new(RemoteId ?? throw new InvalidOperationException($"Execution '{Id}' has no run yet."), Target);

    /// <summary>Describes the start to the platform.</summary>
    public RunRequest Request(string? input, DateTimeOffset now) => new(
        Id, Target ?? throw new InvalidOperationException($"Execution '{Id}' has no target to start."), input, Metadata, DeadlineAt - now, Submission.FirstClaimedAt);

    /// <summary>Creates the send permit for the claim just made.</summary>
    public SendPermit Permit(string? input, DateTimeOffset now) => new(
        Submission.IsRetry ? null : Request(input, now),
        Submission.IsRetry ? RemoteRun : null,
        Submission.SendBefore ?? throw new InvalidOperationException($"Execution '{Id}' is not claimed."),
        Submission.Claims);
}

/// <summary>How far a start, or a retry, has come. Before the request leaves, a conditional write turns queued into sending.</summary>
[GenerateSerializer, Immutable, Alias("vigil.Submission")]
internal sealed record Submission
{
    [Id(0)] public SubmissionPhase Phase { get; init; }

    /// <summary>Gets a value indicating whether a retry is sent, not a first start.</summary>
    [Id(1)] public bool IsRetry { get; init; }

    /// <summary>Gets the silo that claimed it.</summary>
    [Id(2)] public string? Silo { get; init; }

    /// <summary>Gets the moment after which the claimed request must not leave any more.</summary>
    [Id(3)] public DateTimeOffset? SendBefore { get; init; }

    /// <summary>Gets when it was first claimed: where a look for the marker begins. Null where it certainly was never sent.</summary>
    [Id(4)] public DateTimeOffset? FirstClaimedAt { get; init; }

    /// <summary>Gets when a queued one may be tried again.</summary>
    [Id(5)] public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Gets how often it was claimed, over all attempts: the number of the last claim.</summary>
    [Id(6)] public int Claims { get; init; }

    /// <summary>Gets a value indicating whether it may yet be sent or confirmed.</summary>
    [JsonIgnore] public bool Open => Phase is SubmissionPhase.Queued or SubmissionPhase.Sending or SubmissionPhase.Ambiguous;

    /// <summary>Gets a value indicating whether its marker is looked for. A retry needs none: its run is known.</summary>
    [JsonIgnore] public bool Sought => Phase is SubmissionPhase.Ambiguous && !IsRetry;

    /// <summary>Returns one of which nothing is awaited any more.</summary>
    public Submission Close() => Open ? this with { Phase = SubmissionPhase.Closed, NotBefore = null } : this;
}

internal enum SubmissionPhase
{
    /// <summary>Certainly not sent.</summary>
    Queued = 0,

    /// <summary>Claimed; may have been sent.</summary>
    Sending = 1,

    /// <summary>Sent, with an unknown fate; its marker is being looked for.</summary>
    Ambiguous = 2,

    /// <summary>The platform confirmed it.</summary>
    Confirmed = 3,

    /// <summary>It will not be sent (any more): refused, cancelled before, given up, or the run was adopted.</summary>
    Closed = 4,
}

/// <summary>One step in short, with the number of its last change and of the one that its grain acknowledged; the difference is what must be told.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StepEntry")]
internal sealed record StepEntry(
    [property: Id(0)] StepSummary Summary,
    [property: Id(1)] long Version,
    [property: Id(3)] string Fingerprint)
{
    /// <summary>Gets the version that the grain acknowledged. What outlives an activation is the version in the step's own row, which is read with the next.</summary>
    [Id(2), JsonIgnore] public long Acknowledged { get; init; }
}

/// <summary>A report to a step that is not acknowledged yet.</summary>
/// <param name="Report">The report, with the bodies that the execution itself does not keep.</param>
/// <param name="Reported">Whether it is on its way.</param>
[GenerateSerializer, Immutable, Alias("vigil.WaitingReport")]
internal sealed record WaitingReport(
    [property: Id(0)] StepReport Report,
    [property: Id(1)] bool Reported);

/// <summary>Somebody's wish, or the policy's, that the remote run stops.</summary>
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
