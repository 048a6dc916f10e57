namespace Vigil.Platforms.GloriaMundo;

internal static class RunStatus
{
    /// <summary>
    /// The documented words, "cancelled", which can mean only one thing, and guesses for the undocumented ones of a run that is paused for approval. A wrong
    /// guess can slow down polling but never end an execution.
    /// </summary>
    private static readonly StatusWords<ExecutionStatus> Words = new(
        unknown: ExecutionStatus.Running,
        ("queued", ExecutionStatus.Pending),
        ("running", ExecutionStatus.Running),
        ("completed", ExecutionStatus.Succeeded),
        ("failed", ExecutionStatus.Failed),
        ("cancelled", ExecutionStatus.Cancelled),
        ("paused", ExecutionStatus.AwaitingInput),
        ("awaiting_approval", ExecutionStatus.AwaitingInput),
        ("waiting_for_approval", ExecutionStatus.AwaitingInput),
        ("pending_approval", ExecutionStatus.AwaitingInput));

    public static RunFormat Format { get; } = new(Words, body => body["run_id"].Id(), Read);

    private static Snapshot Read(JsonView body, Snapshot snapshot)
    {
        var status = snapshot.Status;
        var failure = status == ExecutionStatus.Failed ? new ExecutionFailure(body["error"].TextOrRaw(RunFormat.MaxReason) ?? "no_reason_given") : null;
        var progress = ProgressOf(body["progress"]);
        return snapshot with
        {
            Progress = progress,
            Steps = ProgressSteps.Of(progress, status, failure),
            Failure = failure,
            Output = body["result"].Raw(),
            OutputTruncated = body["result"].HasLoss,
            Usage = body["cost_cents"].Amount() is { } cost ? new ExecutionUsage(Tokens: null, cost) : null,
            StartedAt = body["started_at"].Time(),
            EndedAt = RunFormat.MayHaveEnded(snapshot) ? body["completed_at"].Time() : null,
        };
    }

    private static ExecutionProgress? ProgressOf(JsonView progress)
    {
        if (!progress.IsObject)
        {
            return null;
        }

        var percentage = progress["percentage"].Number() is { } number ? Math.Clamp(number, 0, 100) : (double?)null;
        return new(CountOf(progress["current_step"]), CountOf(progress["total_steps"]), percentage, progress["current_step_name"].Text());
    }

    private static int? CountOf(JsonView number) => number.WholeNumber() is { } value and >= 0 ? value : null;
}
