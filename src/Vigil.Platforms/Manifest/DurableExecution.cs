namespace Vigil.Platforms.Manifest;

/// <summary>Reads a durable execution's status. The status words are Vigil's assumption: the platform does not publish any.</summary>
internal static class DurableExecution
{
    private static readonly StatusWords<ExecutionStatus> Words = new(
        unknown: ExecutionStatus.Running,
        ("queued", ExecutionStatus.Pending),
        ("running", ExecutionStatus.Running),
        ("completed", ExecutionStatus.Succeeded),
        ("failed", ExecutionStatus.Failed),
        ("cancelled", ExecutionStatus.Cancelled),
        ("timed_out", ExecutionStatus.TimedOut),
        ("terminated", ExecutionStatus.Terminated));

    public static RunFormat Format { get; } = new(Words, body => body["execution_id"].Text(), Read) { Noun = "execution" };

    private static Snapshot Read(JsonView body, StatusWord word)
    {
        var status = word.Value;
        return new Snapshot
        {
            Status = status,
            RawStatus = word.Text,
            UnknownStatus = word.IsUnknown,
            ClockAhead = body.ClockAhead,
            Failure = FailureOf(body["error"], status),
            Output = body["output"].Raw(),
            Usage = UsageOf(body["usage"]),
            StartedAt = body["started_at"].Time(),
            EndedAt = status.IsTerminal() ? body["completed_at"].Time() : null,
        };
    }

    // An error of a run that is still running or has succeeded is one that the run recovered from.
    private static ExecutionFailure? FailureOf(JsonView error, ExecutionStatus status)
    {
        if (!status.IsTerminal() || status == ExecutionStatus.Succeeded)
        {
            return null;
        }

        var reason = error.IsObject ? error["message"].Text(RunFormat.MaxReason) ?? error.TextOrRaw(RunFormat.MaxReason) : error.TextOrRaw(RunFormat.MaxReason);
        return reason is not null ? new(reason, error["type"].Text()) : status == ExecutionStatus.Failed ? new("no_reason_given") : null;
    }

    /// <summary>Reads token counts by the names that model providers use; the platform does not document any.</summary>
    private static ExecutionUsage? UsageOf(JsonView usage)
    {
        var tokens = Count(usage["total_tokens"])
            ?? Sum(Count(usage["input_tokens"]), Count(usage["output_tokens"]))
            ?? Sum(Count(usage["prompt_tokens"]), Count(usage["completion_tokens"]));
        var cost = Count(usage["cost_cents"]);
        return tokens is null && cost is null ? null : new(tokens, cost);
    }

    private static double? Count(JsonView number) => number.Number() is { } value and >= 0 ? value : null;

    private static double? Sum(double? first, double? second) => first is null && second is null ? null : (first ?? 0) + (second ?? 0);
}
