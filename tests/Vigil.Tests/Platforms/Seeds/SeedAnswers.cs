using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Platforms.Cognite;
using Vigil.Platforms.GloriaMundo;
using Vigil.Platforms.Manifest;
using Vigil.Platforms.Moderately;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Seeds;

/// <summary>One answer of each platform in which every member that its documentation names has a value of its own.</summary>
internal static class SeedAnswers
{
    public const string Run = "059edaa4-a17a-4102-910e-2c3591500cce";

    public static readonly Dictionary<string, string> Bodies = new()
    {
        ["agentic"] = $$"""
            { "data": { "flowExecutionStatus": { "id": "{{Run}}", "result": "Failed", "failure_reason": "StepFailed", "failure_detail": "one step failed",
              "start_time": "2026-01-12T21:45:45.885042+00:00", "end_time": "2026-01-12T21:47:02Z", "token_usage": 104726.5,
              "steps": [ { "id": "step-1", "result": "Failed", "entity_type": "Team", "failure_reason": "NoTool", "failure_detail": "the tool is gone",
                "file_access_logs": [ { "id": "log-1", "file_name": "report.csv", "file_path": "output/report.csv", "storage_path": "/tenants/t1/report.csv",
                  "operation": "create", "timestamp": "2026-01-12T21:46:10Z", "file_size_bytes": 120, "artifact": true } ] } ] } } }
            """,
        ["moderately"] = $$"""
            { "agentExecutionId": "{{Run}}", "agentConfigurationVersionId": "acv_1", "agentInput": { "message": "Hello" }, "agentInputSchema": { "type": "object" },
              "agentInputSummary": "Greets", "agentOutput": { "answer": "Hi" }, "agentOutputSchema": { "type": "array" }, "agentOutputSummary": "A greeting",
              "status": "failed", "thoughts": [ { "text": "I should greet.", "createdAt": "2024-01-15T10:00:01.000Z" } ], "maxActions": 10, "currentStep": 2,
              "planningInterval": 5, "createdAt": "2024-01-15T10:00:00.000Z", "updatedAt": "2024-01-15T10:00:09.000Z", "startedAt": "2024-01-15T10:00:00.500Z",
              "completedAt": null, "failedAt": "2024-01-15T10:00:05.000Z", "cancelledAt": null, "pausedAt": "2024-01-15T10:00:03.000Z" }
            """,
        ["manifest"] = $$"""
            { "execution_id": "{{Run}}", "status": "failed", "output": { "answer": 42 }, "usage": { "total_tokens": 812, "cache": 1 },
              "messages": [ { "role": "assistant", "content": "Hi" } ], "state": { "turn": 2 }, "metrics": { "duration_ms": 1200 }, "session_id": "session-1",
              "errors": [ "first" ], "error": "The tool is gone", "created_at": "2026-03-10T15:30:00Z", "started_at": "2026-03-10T15:30:01Z",
              "completed_at": "2026-03-10T15:30:02Z" }
            """,
        ["gloriamundo"] = $$"""
            { "run_id": "{{Run}}", "status": "failed", "progress": { "current_step": 3, "total_steps": 5, "current_step_name": "Send email", "percentage": 60 },
              "started_at": "2026-03-10T15:30:00Z", "completed_at": "2026-03-10T15:30:58Z", "result": { "summary": "half" }, "cost_cents": 8, "error": "Gmail connection expired." }
            """,
        ["cognite"] = $$"""
            { "id": "{{Run}}", "workflowExternalId": "flow", "workflowDefinition": { "hash": "AB12", "description": "The flow", "tasks": [
                { "externalId": "task-1", "type": "function", "parameters": { "function": { "externalId": "fn" } }, "name": "First", "description": "Begins", "retries": 3,
                  "timeout": 3600, "onFailure": "abortWorkflow", "dependsOn": [ { "externalId": "task-0" } ] },
                { "externalId": "task-2", "type": "cdf", "parameters": { "cdfRequest": { "method": "GET" } } } ] },
              "status": "FAILED", "engineExecutionId": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "executedTasks": [
                { "id": "task-id-1", "externalId": "task-1", "status": "FAILED", "taskType": "function", "input": { "data": 1 }, "output": { "callId": 123 },
                  "parentTaskExternalId": "task-0", "startTime": 1730204346001, "endTime": 1730204346002, "reasonForIncompletion": "boom" },
                { "id": "task-id-2", "externalId": "task-2", "status": "SCHEDULED", "taskType": "cdf", "input": null, "output": null } ],
              "metadata": { "team": "blue" }, "createdTime": 1730204346000, "version": "7", "input": { "key1": "value1" }, "startTime": 1730204346003,
              "endTime": 1730204346004, "reasonForIncompletion": "Task task-1 failed" }
            """,
    };

    public static async Task<Snapshot> ReadAsync(string platform, string? body = null)
    {
        var far = new StubPlatform(_ => StubPlatform.Json(body ?? Bodies[platform]));
        var answer = await Connect(platform, far).GetDetailAsync(new RemoteRun(Run), CancellationToken.None);
        return Assert.IsType<PollAnswer.Seen>(answer).Snapshot;
    }

    public static IPlatformConnection Connect(string platform, HttpMessageHandler far, params (string Key, string Value)[] settings) => platform switch
    {
        "agentic" => new AgenticPlatform().To(far, Connected.Options(platform, [("tenant_id", "t1"), .. settings])),
        "moderately" => new ModeratelyPlatform().To(far, Connected.Options(platform, [("team_id", "team-1"), .. settings])),
        "manifest" => new ManifestPlatform([]).To(far, Connected.Options(platform, [("auth", "api_key"), .. settings])),
        "gloriamundo" => new GloriaMundoPlatform().To(far, Connected.Options(platform, settings)),
        _ => new CognitePlatform().To(far, Connected.Options(platform, [("project", "p"), .. settings])),
    };
}
