namespace Vigil.Tests.Platforms.Seeds;

/// <summary>Every field of an answer that the platforms' documentation names, and where Vigil's model has it.</summary>
public sealed class SeedFieldTests
{
    private static readonly (string Platform, string Field, string Expected, Func<Snapshot, object?> Read)[] Table =
    [
        ("agentic", "id", SeedAnswers.Run, seen => Raw(seen, "id")),
        ("agentic", "result", "Failed", seen => seen.RawStatus),
        ("agentic", "failure_reason", "StepFailed", seen => seen.Failure?.Reason),
        ("agentic", "failure_detail", "one step failed", seen => seen.Failure?.Detail),
        ("agentic", "start_time", "2026-01-12T21:45:45.8850420+00:00", seen => seen.StartedAt),
        ("agentic", "end_time", "2026-01-12T21:47:02.0000000+00:00", seen => seen.EndedAt),
        ("agentic", "token_usage", "104726.5", seen => seen.Usage?.Tokens),
        ("agentic", "steps.id", "step-1", seen => seen.Steps[0].Id),
        ("agentic", "steps.result", "Failed", seen => seen.Steps[0].RawStatus),
        ("agentic", "steps.entity_type", "Team", seen => seen.Steps[0].Kind),
        ("agentic", "steps.failure_reason", "NoTool", seen => seen.Steps[0].Failure?.Reason),
        ("agentic", "steps.failure_detail", "the tool is gone", seen => seen.Steps[0].Failure?.Detail),
        ("agentic", "file_access_logs.id", "log-1", seen => Log(seen, "id")),
        ("agentic", "file_access_logs.file_name", "report.csv", seen => seen.Steps[0].Files[0].Name),
        ("agentic", "file_access_logs.file_path", "output/report.csv", seen => Log(seen, "file_path")),
        ("agentic", "file_access_logs.storage_path", "/tenants/t1/report.csv", seen => seen.Steps[0].Files[0].Path),
        ("agentic", "file_access_logs.operation", "create", seen => Log(seen, "operation")),
        ("agentic", "file_access_logs.timestamp", "2026-01-12T21:46:10.0000000+00:00", seen => seen.Steps[0].Files[0].CreatedAt),
        ("agentic", "file_access_logs.file_size_bytes", "120", seen => seen.Steps[0].Files[0].SizeBytes),
        ("agentic", "file_access_logs.artifact", "True", seen => Log(seen, "artifact")),

        ("moderately", "agentExecutionId", SeedAnswers.Run, seen => Raw(seen, "agentExecutionId")),
        ("moderately", "agentConfigurationVersionId", "acv_1", seen => Detail(seen, "configuration_version_id")),
        ("moderately", "agentConfigurationVersionId (target)", "acv_1", seen => seen.Target?.Id),
        ("moderately", "agentInput", """{ "message": "Hello" }""", seen => Detail(seen, "input")),
        ("moderately", "agentInputSchema", """{ "type": "object" }""", seen => Detail(seen, "input_schema")),
        ("moderately", "agentInputSummary", "Greets", seen => Detail(seen, "input_summary")),
        ("moderately", "agentOutput", """{ "answer": "Hi" }""", seen => seen.Output),
        ("moderately", "agentOutputSchema", """{ "type": "array" }""", seen => Detail(seen, "output_schema")),
        ("moderately", "agentOutputSummary", "A greeting", seen => Detail(seen, "output_summary")),
        ("moderately", "status", "failed", seen => seen.RawStatus),
        ("moderately", "thoughts.text", "\"I should greet.\"", seen => seen.Steps[0].Output),
        ("moderately", "thoughts.createdAt", "2024-01-15T10:00:01.0000000+00:00", seen => seen.Steps[0].StartedAt),
        ("moderately", "maxActions", "10", seen => Detail(seen, "max_actions")),
        ("moderately", "currentStep", "2", seen => seen.Progress?.Current),
        ("moderately", "planningInterval", "5", seen => Detail(seen, "planning_interval")),
        ("moderately", "createdAt", "2024-01-15T10:00:00Z", seen => Detail(seen, "created_at")),
        ("moderately", "updatedAt", "2024-01-15T10:00:09Z", seen => Detail(seen, "updated_at")),
        ("moderately", "startedAt", "2024-01-15T10:00:00.5000000+00:00", seen => seen.StartedAt),
        ("moderately", "failedAt", "2024-01-15T10:00:05Z", seen => Detail(seen, "failed_at")),
        ("moderately", "failedAt (end)", "2024-01-15T10:00:05.0000000+00:00", seen => seen.EndedAt),
        ("moderately", "pausedAt", "2024-01-15T10:00:03Z", seen => Detail(seen, "paused_at")),

        ("manifest", "execution_id", SeedAnswers.Run, seen => Raw(seen, "execution_id")),
        ("manifest", "status", "failed", seen => seen.RawStatus),
        ("manifest", "output", """{ "answer": 42 }""", seen => seen.Output),
        ("manifest", "usage", """{ "total_tokens": 812, "cache": 1 }""", seen => Detail(seen, "usage")),
        ("manifest", "usage (tokens)", "812", seen => seen.Usage?.Tokens),
        ("manifest", "messages", """[ { "role": "assistant", "content": "Hi" } ]""", seen => Detail(seen, "messages")),
        ("manifest", "state", """{ "turn": 2 }""", seen => Detail(seen, "state")),
        ("manifest", "metrics", """{ "duration_ms": 1200 }""", seen => Detail(seen, "metrics")),
        ("manifest", "session_id", "session-1", seen => Detail(seen, "session_id")),
        ("manifest", "errors", """[ "first" ]""", seen => Detail(seen, "errors")),
        ("manifest", "error", "The tool is gone", seen => seen.Failure?.Reason),
        ("manifest", "created_at", "2026-03-10T15:30:00Z", seen => Detail(seen, "created_at")),
        ("manifest", "started_at", "2026-03-10T15:30:01.0000000+00:00", seen => seen.StartedAt),
        ("manifest", "completed_at", "2026-03-10T15:30:02.0000000+00:00", seen => seen.EndedAt),

        ("gloriamundo", "run_id", SeedAnswers.Run, seen => Raw(seen, "run_id")),
        ("gloriamundo", "status", "failed", seen => seen.RawStatus),
        ("gloriamundo", "progress.current_step", "3", seen => seen.Progress?.Current),
        ("gloriamundo", "progress.total_steps", "5", seen => seen.Progress?.Total),
        ("gloriamundo", "progress.current_step_name", "Send email", seen => seen.Progress?.Name),
        ("gloriamundo", "progress.percentage", "60", seen => seen.Progress?.Percentage),
        ("gloriamundo", "started_at", "2026-03-10T15:30:00.0000000+00:00", seen => seen.StartedAt),
        ("gloriamundo", "completed_at", "2026-03-10T15:30:58.0000000+00:00", seen => seen.EndedAt),
        ("gloriamundo", "result", """{ "summary": "half" }""", seen => seen.Output),
        ("gloriamundo", "cost_cents", "8", seen => seen.Usage?.CostCents),
        ("gloriamundo", "error", "Gmail connection expired.", seen => seen.Failure?.Reason),

        ("cognite", "id", SeedAnswers.Run, seen => Raw(seen, "id")),
        ("cognite", "workflowExternalId", "flow", seen => seen.Target?.Id),
        ("cognite", "version", "7", seen => seen.Target?.Version),
        ("cognite", "workflowDefinition", """{"description":"The flow","hash":"AB12"}""", seen => Detail(seen, "definition")),
        ("cognite", "tasks.externalId", "task-1", seen => seen.Steps[0].Id),
        ("cognite", "tasks.type", "cdf", seen => seen.Steps[1].Kind),
        ("cognite", "tasks.parameters", """{ "cdfRequest": { "method": "GET" } }""", seen => seen.Steps[1].Input),
        ("cognite", "tasks.name", "First", seen => seen.Steps[0].Name),
        ("cognite", "tasks.description", "Begins", seen => StepDetail(seen, "description")),
        ("cognite", "tasks.retries", "3", seen => StepDetail(seen, "retries")),
        ("cognite", "tasks.timeout", "3600", seen => StepDetail(seen, "timeout_seconds")),
        ("cognite", "tasks.onFailure", "abortWorkflow", seen => StepDetail(seen, "on_failure")),
        ("cognite", "tasks.dependsOn", "task-0", seen => seen.Steps[0].DependsOn[0]),
        ("cognite", "status", "FAILED", seen => seen.RawStatus),
        ("cognite", "engineExecutionId", "3c90c3cc-0d44-4b50-8888-8dd25736052a", seen => Detail(seen, "engine_execution_id")),
        ("cognite", "executedTasks.id", "task-id-1", seen => StepDetail(seen, "task_id")),
        ("cognite", "executedTasks.status", "FAILED", seen => seen.Steps[0].RawStatus),
        ("cognite", "executedTasks.status SCHEDULED", "Pending", seen => seen.Steps[1].Status),
        ("cognite", "executedTasks.taskType", "function", seen => seen.Steps[0].Kind),
        ("cognite", "executedTasks.input", """{ "data": 1 }""", seen => seen.Steps[0].Input),
        ("cognite", "executedTasks.output", """{ "callId": 123 }""", seen => seen.Steps[0].Output),
        ("cognite", "executedTasks.parentTaskExternalId", "task-0", seen => seen.Steps[0].ParentId),
        ("cognite", "executedTasks.startTime", "2024-10-29T12:19:06.0010000+00:00", seen => seen.Steps[0].StartedAt),
        ("cognite", "executedTasks.endTime", "2024-10-29T12:19:06.0020000+00:00", seen => seen.Steps[0].EndedAt),
        ("cognite", "executedTasks.reasonForIncompletion", "boom", seen => seen.Steps[0].Failure?.Reason),
        ("cognite", "metadata", """{ "team": "blue" }""", seen => Detail(seen, "metadata")),
        ("cognite", "createdTime", "2024-10-29T12:19:06Z", seen => Detail(seen, "created_at")),
        ("cognite", "input", """{ "key1": "value1" }""", seen => Detail(seen, "input")),
        ("cognite", "startTime", "2024-10-29T12:19:06.0030000+00:00", seen => seen.StartedAt),
        ("cognite", "endTime", "2024-10-29T12:19:06.0040000+00:00", seen => seen.EndedAt),
        ("cognite", "reasonForIncompletion", "Task task-1 failed", seen => seen.Failure?.Reason),
    ];

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            Array.ForEach(Table, row => rows.Add(row.Platform, row.Field));
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Field_IsInTheModel(string platform, string field)
    {
        var (_, _, expected, read) = Table.Single(row => row.Platform == platform && row.Field == field);

        var seen = await SeedAnswers.ReadAsync(platform);

        Assert.Equal(expected, read(seen) is DateTimeOffset time ? time.ToString("O") : string.Create(CultureInfo.InvariantCulture, $"{read(seen)}"));
    }

    private static JsonElement Raw(Snapshot seen, string name) => JsonElement.Parse(seen.Raw!).GetProperty(name);

    private static JsonElement Detail(Snapshot seen, string name) => JsonElement.Parse(seen.Details!).GetProperty(name);

    private static JsonElement StepDetail(Snapshot seen, string name) => JsonElement.Parse(seen.Steps[0].Details!).GetProperty(name);

    private static JsonElement Log(Snapshot seen, string name) => JsonElement.Parse(seen.Raw!).GetProperty("steps")[0].GetProperty("file_access_logs")[0].GetProperty(name);
}
