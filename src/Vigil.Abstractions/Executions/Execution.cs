using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>One watched run, as callers see it. Times are UTC.</summary>
[GenerateSerializer, Immutable, Alias("vigil.Execution")]
public sealed record Execution
{
    /// <summary>The most steps that <see cref="Steps"/> lists.</summary>
    public const int MaxSteps = 100;

    /// <summary>Gets Vigil's own id of the execution.</summary>
    [Id(0), JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>Gets the name of the connection it runs on.</summary>
    [Id(1), JsonPropertyName("connection")] public required string Connection { get; init; }

    /// <summary>Gets the platform of that connection.</summary>
    [Id(2), JsonPropertyName("platform")] public required string Platform { get; init; }

    /// <summary>Gets what is run; null if an adopted run does not report it.</summary>
    [Id(3), JsonPropertyName("target")] public ExecutionTarget? Target { get; init; }

    /// <summary>Gets its status.</summary>
    [Id(4), JsonPropertyName("status"), JsonConverter(typeof(SnakeCaseEnumConverter<ExecutionStatus>))] public ExecutionStatus Status { get; init; }

    /// <summary>Gets the platform's own word for the status; null before the first observation.</summary>
    [Id(5), JsonPropertyName("raw_status")] public string? RawStatus { get; init; }

    /// <summary>Gets a value indicating whether the status ends the attempt.</summary>
    [JsonPropertyName("terminal")] public bool Terminal => Status.IsTerminal();

    /// <summary>Gets the number of the attempt, from 1.</summary>
    [Id(6), JsonPropertyName("attempt")] public int Attempt { get; init; } = 1;

    /// <summary>Gets the number of durable writes so far: the sequence of the execution's events.</summary>
    [Id(7), JsonPropertyName("version")] public long Version { get; init; }

    /// <summary>Gets the platform's id of the run; null until the start is confirmed.</summary>
    [Id(8), JsonPropertyName("remote_id")] public string? RemoteId { get; init; }

    /// <summary>Gets its progress; may be fresher than <see cref="Version"/>.</summary>
    [Id(9), JsonPropertyName("progress")] public ExecutionProgress? Progress { get; init; }

    /// <summary>
    /// Gets the steps seen so far, at most <see cref="MaxSteps"/>, in the platform's order. If there are more, running and failed steps are preferred, then
    /// those that changed last; the step pages return all of them. A list of executions omits the steps of runs that have more than 32, and an event
    /// contains only the steps that changed.
    /// </summary>
    [Id(10), JsonPropertyName("steps")] public ImmutableArray<StepSummary> Steps { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Gets why it did not succeed; null if it did or is still running.</summary>
    [Id(11), JsonPropertyName("failure")] public ExecutionFailure? Failure { get; init; }

    /// <summary>
    /// Gets the output as JSON text; null if there is none, or if it is omitted, as <see cref="OutputBytes"/> then tells. Output longer than 1 MiB is
    /// truncated and becomes a JSON string.
    /// </summary>
    [Id(12), JsonPropertyName("output"), JsonConverter(typeof(JsonTextConverter))] public string? Output { get; init; }

    /// <summary>Gets a value indicating whether the output was truncated.</summary>
    [Id(13), JsonPropertyName("output_truncated")] public bool OutputTruncated { get; init; }

    /// <summary>
    /// Gets the length of the output in bytes of UTF-8; null if there is none. Lists omit outputs, and an event omits one longer than 64 KiB: read it with
    /// <see cref="IVigilClient.GetAsync"/>, or over HTTP from <c>/v1/executions/{id}/output</c>.
    /// </summary>
    [Id(31), JsonPropertyName("output_bytes")] public int? OutputBytes { get; init; }

    /// <summary>Gets its usage, if the platform reports it.</summary>
    [Id(14), JsonPropertyName("usage")] public ExecutionUsage? Usage { get; init; }

    /// <summary>Gets the caller's own labels.</summary>
    [Id(15), JsonPropertyName("metadata")] public ImmutableDictionary<string, string> Metadata { get => field ?? []; init; } = [];

    /// <summary>Gets when Vigil accepted it.</summary>
    [Id(16), JsonPropertyName("accepted_at")] public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Gets when the platform confirmed the start of the current attempt.</summary>
    [Id(17), JsonPropertyName("submitted_at")] public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>Gets when it began, according to the platform.</summary>
    [Id(18), JsonPropertyName("started_at")] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets when it ended, according to the platform; if <see cref="Status"/> is Vigil's own conclusion, when Vigil reached it.</summary>
    [Id(19), JsonPropertyName("ended_at")] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets when the poll that produced this state was sent.</summary>
    [Id(20), JsonPropertyName("observed_at")] public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>Gets when Vigil stops watching.</summary>
    [Id(21), JsonPropertyName("deadline_at")] public DateTimeOffset DeadlineAt { get; init; }

    /// <summary>Gets when it will be polled next; null if no poll is planned.</summary>
    [Id(22), JsonPropertyName("next_poll_at")] public DateTimeOffset? NextPollAt { get; init; }

    /// <summary>Gets the number of polls so far.</summary>
    [Id(23), JsonPropertyName("polls")] public long Polls { get; init; }

    /// <summary>Gets how many requests it cost: each try to start or retry it, and status and detail requests, of which one for n executions counts 1/n for each.</summary>
    [Id(24), JsonPropertyName("requests")] public double Requests { get; init; }

    /// <summary>Gets the milliseconds between the end on the platform and its detection by Vigil; null if the platform reports no end time. Never negative.</summary>
    [Id(25), JsonPropertyName("lag_ms")] public long? LagMs { get; init; }

    /// <summary>Gets the work that remains although the status is terminal.</summary>
    [Id(26), JsonPropertyName("pending_work"), JsonConverter(typeof(PendingWorkConverter))] public PendingWork PendingWork { get; init; }

    /// <summary>Gets the number of steps that the platform reported; the first 10,000 are kept.</summary>
    [Id(27), JsonPropertyName("steps_total")] public int StepsTotal { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Steps"/> is incomplete.</summary>
    [Id(28), JsonPropertyName("steps_truncated")] public bool StepsTruncated { get; init; }

    /// <summary>Gets why Vigil cannot follow it at the moment; null while all is well, and after the end.</summary>
    [Id(29), JsonPropertyName("attention")] public ExecutionAttention? Attention { get; init; }

    /// <summary>
    /// Gets what only its platform tells, as the text of a JSON object of at most 256 KiB; null until the run has ended, and if there is nothing. Members
    /// that did not fit are omitted and named in its member <c>truncated</c>. Lists and events omit it.
    /// </summary>
    [Id(30), JsonPropertyName("details"), JsonConverter(typeof(JsonTextConverter))] public string? Details { get; init; }
}

/// <summary>Why an execution needs attention: Vigil goes on watching it, but has had no usable answer for a while.</summary>
/// <param name="Reason">A snake_case code, one of <see cref="AttentionReasons"/>.</param>
/// <param name="Since">When it began.</param>
/// <param name="LastError">What was met when it was noticed, for people: at most 256 characters.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionAttention")]
public sealed record ExecutionAttention(
    [property: Id(0), JsonPropertyName("reason")] string Reason,
    [property: Id(1), JsonPropertyName("since")] DateTimeOffset Since,
    [property: Id(2), JsonPropertyName("last_error")] string? LastError = null);

/// <summary>The reasons for which an execution needs attention. They are part of the API and never change once published.</summary>
public static class AttentionReasons
{
    /// <summary>Three polls in a row failed.</summary>
    public const string PollsFail = "polls_fail";

    /// <summary>The platform says that it does not know the run, and it is not proven yet that this is true.</summary>
    public const string NotFound = "not_found";

    /// <summary>The platform refuses to show the run, and it is not proven yet that this lasts.</summary>
    public const string Refused = "refused";

    /// <summary>The platform's word for the status is unknown to Vigil, although the run has an end time.</summary>
    public const string UnknownStatus = "unknown_status";

    /// <summary>The start was sent back to the queue three times.</summary>
    public const string StartDelayed = "start_delayed";

    /// <summary>The start may have been acted on, and three searches for its run failed.</summary>
    public const string StartUnconfirmed = "start_unconfirmed";

    /// <summary>The platform refused to cancel the run, so it goes on.</summary>
    public const string CancelRefused = "cancel_refused";

    /// <summary>The connection has been suspended for a minute, so the run is not polled.</summary>
    public const string ConnectionSuspended = "connection_suspended";
}

/// <summary>Work that remains after the end; each item is retried until it is done or given up with a recorded reason.</summary>
[Flags, JsonConverter(typeof(PendingWorkConverter))]
public enum PendingWork
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The full answer must still be fetched from the platform.</summary>
    Detail = 1,

    /// <summary>Steps must still be sent to their grains.</summary>
    Steps = 2,

    /// <summary>The remote run must still be cancelled.</summary>
    CancelRemote = 4,

    /// <summary>The reminder must still be removed.</summary>
    Reminder = 8,
}

/// <summary>The progress of an execution.</summary>
/// <param name="Current">The number of the current step, from 1; null if unknown.</param>
/// <param name="Total">The number of steps; null if unknown.</param>
/// <param name="Percentage">From 0 to 100; null if unknown.</param>
/// <param name="Name">The current step's name; null if unknown.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionProgress")]
public sealed record ExecutionProgress(
    [property: Id(0), JsonPropertyName("current")] int? Current,
    [property: Id(1), JsonPropertyName("total")] int? Total,
    [property: Id(2), JsonPropertyName("percentage")] double? Percentage,
    [property: Id(3), JsonPropertyName("name")] string? Name);

/// <summary>Why an execution or a step did not succeed.</summary>
/// <param name="Reason">A short reason: the platform's words, or a snake_case code of Vigil's own such as <c>start_unconfirmed</c>.</param>
/// <param name="Detail">More detail, if there is any.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionFailure")]
public sealed record ExecutionFailure(
    [property: Id(0), JsonPropertyName("reason")] string Reason,
    [property: Id(1), JsonPropertyName("detail")] string? Detail = null);

/// <summary>The usage of an execution.</summary>
/// <param name="Tokens">Model tokens; some platforms count in fractions.</param>
/// <param name="CostCents">Cost in cents of the platform's currency.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionUsage")]
public sealed record ExecutionUsage(
    [property: Id(0), JsonPropertyName("tokens")] double? Tokens,
    [property: Id(1), JsonPropertyName("cost_cents")] double? CostCents);
