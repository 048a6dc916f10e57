namespace Vigil.Simulator.Cognite;

/// <summary>Writes a workflow execution, short or detailed. The platform has no status for queued executions: they are RUNNING without a start time.</summary>
internal static class ExecutionBody
{
    public static IReadOnlyList<string> Statuses { get; } = ["RUNNING", "COMPLETED", "FAILED", "TIMED_OUT", "TERMINATED"];

    public static string StatusOf(RunPhase phase) => phase switch
    {
        RunPhase.Succeeded => "COMPLETED",
        RunPhase.Failed => "FAILED",
        RunPhase.TimedOut => "TIMED_OUT",
        RunPhase.Cancelled or RunPhase.Killed => "TERMINATED",
        _ => "RUNNING",
    };

    public static object Short(SimulatedRun run, RunState state, string? reason) => new
    {
        id = run.Id,
        workflowExternalId = run.Target.Id,
        version = run.Target.Version,
        status = StatusOf(state.Phase),
        engineExecutionId = EngineId(run),
        createdTime = Milliseconds(state.AcceptedAt),
        startTime = Milliseconds(state.StartedAt),
        endTime = Milliseconds(state.EndedAt),
        reasonForIncompletion = reason,
        metadata = JsonElement.Parse(run.Target.Extra ?? "{}"),
    };

    public static object Detailed(SimulatedRun run, RunState state, string? reason) => new
    {
        id = run.Id,
        workflowExternalId = run.Target.Id,
        workflowDefinition = new
        {
            hash = Dice.SeedOf(run.Target.Id).ToString("X16", CultureInfo.InvariantCulture),
            description = $"The simulated workflow {run.Target.Id}",
            tasks = state.Steps.Where(step => step.Script.Parent is null).Select(step => TaskBody.Defined(state, step)).ToArray(),
        },
        version = run.Target.Version,
        status = StatusOf(state.Phase),
        engineExecutionId = EngineId(run),
        executedTasks = state.Steps.Where(step => IsListed(state, step)).Select(step => TaskBody.Executed(run, state, step)).ToArray(),
        metadata = JsonElement.Parse(run.Target.Extra ?? "{}"),
        createdTime = Milliseconds(state.AcceptedAt),
        input = run.Target.Input is { } input ? JsonElement.Parse(input) : (JsonElement?)null,
        startTime = Milliseconds(state.StartedAt),
        endTime = Milliseconds(state.EndedAt),
        reasonForIncompletion = reason,
    };

    public static long? Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    // While an execution waits for its turn, its first task is already scheduled.
    private static bool IsListed(RunState state, StepState step) => step.StartedAt is not null || (state.Phase == RunPhase.Queued && step.Index == 0);

    private static string EngineId(SimulatedRun run) => Dice.Guid(Dice.SeedOf(run.Id), 0).ToString();
}
