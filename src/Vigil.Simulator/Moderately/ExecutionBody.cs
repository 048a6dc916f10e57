namespace Vigil.Simulator.Moderately;

/// <summary>Writes an agent execution, always with all twenty keys. The platform has no key <c>id</c> and none for a failure's reason.</summary>
internal static class ExecutionBody
{
    public static IReadOnlyList<string> Statuses { get; } = ["pending", "running", "completed", "failed", "cancelled", "paused"];

    public static string StatusOf(RunPhase phase) => phase switch
    {
        RunPhase.Queued => "pending",
        RunPhase.Running => "running",
        RunPhase.AwaitingInput => "paused",
        RunPhase.Succeeded => "completed",
        RunPhase.Cancelled => "cancelled",
        _ => "failed",
    };

    public static object Of(SimulatedRun run, RunState state)
    {
        var start = JsonElement.Parse(run.Target.Extra ?? "{}");
        var status = StatusOf(state.Phase);
        var started = state.Steps.Where(step => step.StartedAt is not null).ToArray();
        return new
        {
            agentExecutionId = run.Id,
            agentConfigurationVersionId = run.Target.Id,
            agentInput = JsonElement.Parse(run.Target.Input ?? "{}"),
            agentInputSchema = Given(start, "agentInputSchema") ?? JsonElement.Parse("""{"type":"object"}"""),
            agentInputSummary = Given(start, "agentInputSummary")?.GetString() ?? "",
            agentOutput = state.Phase == RunPhase.Succeeded ? run.Script.Output : null,
            agentOutputSchema = Given(start, "agentOutputSchema") ?? JsonElement.Parse("""{"type":"object"}"""),
            agentOutputSummary = state.Phase == RunPhase.Succeeded ? "Done." : null,
            status,
            thoughts = started.Select(step => new { text = step.Script.Name, createdAt = WireValues.Iso(step.StartedAt) }).ToArray(),
            maxActions = Given(start, "maxActions"),
            currentStep = started.Length == 0 ? (int?)null : started.Length,
            planningInterval = Given(start, "planningInterval"),
            createdAt = WireValues.Iso(state.AcceptedAt),
            updatedAt = WireValues.Iso(state.EndedAt ?? started.LastOrDefault()?.StartedAt ?? state.AcceptedAt),
            startedAt = WireValues.Iso(state.StartedAt),
            completedAt = status == "completed" ? WireValues.Iso(state.EndedAt) : null,
            failedAt = status == "failed" ? WireValues.Iso(state.EndedAt) : null,
            cancelledAt = status == "cancelled" ? WireValues.Iso(state.EndedAt) : null,
            pausedAt = WireValues.Iso(started.LastOrDefault(step => step.Script.AwaitsInput)?.StartedAt),
        };
    }

    // The client spells the options of a start in snake_case.
    private static JsonElement? Given(JsonElement start, string name) => start.Member(name) ?? start.Member(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
}
