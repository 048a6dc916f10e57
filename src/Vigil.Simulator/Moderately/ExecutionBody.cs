namespace Vigil.Simulator.Moderately;

/// <summary>Writes an agent execution: always all twenty keys. There is neither a key <c>id</c> nor one for the failure's reason.</summary>
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

    public static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static object Of(SimulatedRun run, RunState state)
    {
        var start = JsonElement.Parse(run.Target.Extra ?? "{}");
        var status = StatusOf(state.Phase);
        var begun = state.Steps.Where(step => step.StartedAt is not null).ToArray();
        return new
        {
            agentExecutionId = run.Id,
            agentConfigurationVersionId = run.Target.Id,
            agentInput = JsonElement.Parse(run.Target.Input ?? "{}"),
            agentInputSchema = Member(start, "agentInputSchema") ?? JsonElement.Parse("""{"type":"object"}"""),
            agentInputSummary = Member(start, "agentInputSummary") is { ValueKind: JsonValueKind.String } summary ? summary.GetString() : "",
            agentOutput = state.Phase == RunPhase.Succeeded ? run.Script.Output : null,
            agentOutputSchema = Member(start, "agentOutputSchema") ?? JsonElement.Parse("""{"type":"object"}"""),
            agentOutputSummary = state.Phase == RunPhase.Succeeded ? "Done." : null,
            status,
            thoughts = begun.Select(step => new { text = step.Script.Name, createdAt = Iso(step.StartedAt) }).ToArray(),
            maxActions = Member(start, "maxActions"),
            currentStep = begun.Length == 0 ? (int?)null : begun.Length,
            planningInterval = Member(start, "planningInterval"),
            createdAt = Iso(state.AcceptedAt),
            updatedAt = Iso(state.EndedAt ?? begun.LastOrDefault()?.StartedAt ?? state.AcceptedAt),
            startedAt = Iso(state.StartedAt),
            completedAt = status == "completed" ? Iso(state.EndedAt) : null,
            failedAt = status == "failed" ? Iso(state.EndedAt) : null,
            cancelledAt = status == "cancelled" ? Iso(state.EndedAt) : null,
            pausedAt = status == "paused" ? Iso(begun[^1].StartedAt) : null,
        };
    }

    private static JsonElement? Member(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
