using System.Text.Json.Nodes;

namespace Vigil.Simulator.Agentic;

internal static class FlowBodies
{
    public static JsonObject Status(SimulatedRun run, RunState state) => new()
    {
        ["id"] = run.Id,
        ["result"] = state.Phase switch
        {
            RunPhase.Succeeded => "Completed",
            RunPhase.Failed or RunPhase.TimedOut => "Failed",
            RunPhase.Cancelled => "Cancelled",
            RunPhase.Killed => "Killed",
            _ => "Running",
        },
        ["failure_reason"] = state.HasEnded ? state.Reason : null,
        ["failure_detail"] = state.HasEnded ? state.Detail : null,
        ["start_time"] = Time(state.StartedAt ?? state.AcceptedAt),
        ["end_time"] = Time(state.EndedAt),

        // The platform counts fractions of tokens and updates the count while the run is running.
        ["token_usage"] = Math.Round((decimal)(run.Script.Tokens * state.Share), 1) + 0.0m,
        ["steps"] = new JsonArray([.. state.Steps.Where(step => step.StartedAt is not null).Select(step => Step(run, step))]),
    };

    public static string StepId(SimulatedRun run, int index) => Dice.Guid(Dice.SeedOf(run.Id), (ulong)index).ToString();

    public static string StoragePath(SimulatedRun run, FileScript file) => $"/executions/{run.Id}/{file.Name}";

    private static JsonObject Step(SimulatedRun run, StepState step) => new()
    {
        ["id"] = StepId(run, step.Index),
        ["result"] = step.Phase switch
        {
            RunPhase.Succeeded => "Complete",
            RunPhase.Failed => "Failed",
            RunPhase.Cancelled => "Cancelled",
            RunPhase.Killed => "Killed",
            _ => "Running",
        },
        ["entity_type"] = step.Script.Kind ?? (step.Index % 2 == 0 ? "Team" : "Delegate"),
        ["failure_reason"] = step.Phase == RunPhase.Failed ? step.Script.Reason : null,
        ["failure_detail"] = step.Phase == RunPhase.Failed ? step.Script.Detail : null,
        ["file_access_logs"] = new JsonArray([.. Logs(run, step)]),
    };

    private static IEnumerable<JsonNode> Logs(SimulatedRun run, StepState step) => step.EndedAt is null ? [] : step.Script.Files.Select((file, index) => new JsonObject
    {
        ["id"] = $"{StepId(run, step.Index)}-{index}",
        ["file_name"] = file.Name,
        ["file_path"] = $"output/{file.Name}",
        ["storage_path"] = StoragePath(run, file),
        ["operation"] = file.Operation,
        ["timestamp"] = Time(step.EndedAt),
        ["file_size_bytes"] = FlowFileStore.BytesOf(file).Length,
        ["artifact"] = file.Artifact,
    });

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
}
