namespace Vigil.Platforms.Manifest;

/// <summary>Reads a durable execution's status. The status words are Vigil's assumption, because the platform does not publish them.</summary>
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

    public static RunFormat Format { get; } = new(Words, body => body["execution_id"].Id(), Read)
    {
        Noun = "execution",
        Details = new(
            ("session_id", body => body["session_id"].Raw()),
            ("created_at", body => RunDetails.Time(body["created_at"].Time())),
            ("metrics", body => body["metrics"].Raw()),
            ("usage", body => body["usage"].Raw()),
            ("errors", body => body["errors"].Raw()),
            ("state", body => body["state"].Raw()),
            ("messages", body => body["messages"].Raw())),
    };

    private static Snapshot Read(JsonView body, Snapshot snapshot)
    {
        var status = snapshot.Status;
        return snapshot with
        {
            Failure = FailureOf(body["error"], status),
            Output = body["output"].Raw(),
            OutputTruncated = body["output"].HasLoss,
            Usage = UsageOf(body["usage"]),
            StartedAt = body["started_at"].Time(),
            EndedAt = RunFormat.MayHaveEnded(snapshot) ? body["completed_at"].Time() : null,
        };
    }

    // If the run is still running or has succeeded, it recovered from the error.
    private static ExecutionFailure? FailureOf(JsonView error, ExecutionStatus status)
    {
        if (!status.IsTerminal() || status == ExecutionStatus.Succeeded)
        {
            return null;
        }

        var reason = error.IsObject ? error["message"].Text(RunFormat.MaxReason) ?? error.TextOrRaw(RunFormat.MaxReason) : error.TextOrRaw(RunFormat.MaxReason);
        return reason is not null ? new(reason, error["type"].Text()) : status == ExecutionStatus.Failed ? new("no_reason_given") : null;
    }

    /// <summary>Reads token counts by the names that model providers use, because the platform does not document its own.</summary>
    private static ExecutionUsage? UsageOf(JsonView usage)
    {
        var tokens = usage["total_tokens"].Amount()
            ?? Sum(usage["input_tokens"].Amount(), usage["output_tokens"].Amount())
            ?? Sum(usage["prompt_tokens"].Amount(), usage["completion_tokens"].Amount());
        var cost = usage["cost_cents"].Amount();
        return tokens is null && cost is null ? null : new(tokens, cost);
    }

    private static double? Sum(double? first, double? second) => first is null && second is null ? null : (first ?? 0) + (second ?? 0);
}
