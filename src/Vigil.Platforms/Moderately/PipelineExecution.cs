namespace Vigil.Platforms.Moderately;

/// <summary>Reads the platform's pipeline execution, in either spelling.</summary>
internal static class PipelineExecution
{
    private const string Id = "pipelineExecutionId";
    private const string SnakeCaseId = "pipeline_execution_id";

    public static RunFormat Format { get; } = new(AgentExecution.Words, body => body.Either(Id, SnakeCaseId).Id(), Read)
    {
        Noun = "pipeline execution",
        Details = new(
            ("input_summary", body => body.Either("pipelineInputSummary", "pipeline_input_summary").Raw()),
            ("output_summary", body => body.Either("pipelineOutputSummary", "pipeline_output_summary").Raw()),
            ("created_at", body => RunDetails.Time(body.Either("createdAt", "created_at").Time())),
            ("updated_at", body => RunDetails.Time(body.Either("updatedAt", "updated_at").Time())),
            ("paused_at", body => RunDetails.Time(body.Either("pausedAt", "paused_at").Time())),
            ("input", body => body.Either("pipelineInput", "pipeline_input").Raw())),
    };

    public static bool IsAbout(JsonView body, string remoteId) => body.Either(Id, SnakeCaseId).IsId(remoteId);

    private static Snapshot Read(JsonView body, Snapshot snapshot)
    {
        var status = snapshot.Status;
        var details = body.Either("progressData", "progress_data");
        var progress = ProgressOf(body, details);
        var failure = status == ExecutionStatus.Failed ? FailureOf(body, details) : null;
        var output = body.Either("pipelineOutput", "pipeline_output");
        var hasStoredOutput = body.Either("pipelineOutputFileUri", "pipeline_output_file_uri").Exists;
        return snapshot with
        {
            Progress = progress,
            Steps = ProgressSteps.Of(progress, status, failure),
            Failure = failure,
            Output = output.Raw(),
            OutputTruncated = output.HasLoss,
            StartedAt = body.Either("startedAt", "started_at").Time(),
            EndedAt = AgentExecution.EndOf(body, snapshot),
            Target = body.Either("pipelineConfigurationVersionId", "pipeline_configuration_version_id").PlainId() is { } id ? new(ExecutionKind.Pipeline.Target, id) : null,

            // A large output is stored elsewhere and has to be fetched.
            Partial = !output.Exists && (status == ExecutionStatus.Succeeded || (status.IsTerminal() && hasStoredOutput)),
        };
    }

    private static ExecutionProgress? ProgressOf(JsonView body, JsonView details)
    {
        var current = body.Either("currentStep", "current_step").WholeNumber() is { } step and >= 0 ? step : (int?)null;
        var total = body.Either("totalSteps", "total_steps").WholeNumber() is { } steps and > 0 ? steps : (int?)null;
        var name = details["message"].Text() ?? details["current_block"].Text();
        var percentage = current is { } done && total is { } all ? Math.Min(100.0 * done / all, 100) : (double?)null;
        return current is null && total is null && name is null ? null : new(current, total, percentage, name);
    }

    // The platform has no field for the reason; its client reads it from the progress.
    private static ExecutionFailure FailureOf(JsonView body, JsonView details)
    {
        var errors = details["errors"].Items().Select(error => error.TextOrRaw(RunFormat.MaxReason)).OfType<string>().Take(10);
        var reason = string.Join("; ", errors) is { Length: > 0 } joined ? joined : details["error"].TextOrRaw(RunFormat.MaxReason);
        return new(reason ?? "no_reason_given", body.Either("pipelineOutputSummary", "pipeline_output_summary").Text(RunFormat.MaxReason));
    }
}
