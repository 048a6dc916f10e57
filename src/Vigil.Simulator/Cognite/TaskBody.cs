namespace Vigil.Simulator.Cognite;

/// <summary>Writes the tasks of a workflow, as defined and as executed.</summary>
internal static class TaskBody
{
    public static object Defined(RunState state, StepState step) => new
    {
        externalId = step.Script.Name,
        type = TypeOf(step),
        parameters = Parameters(step, "isAsyncComplete"),
        name = step.Script.Name,
        description = $"Step {step.Index + 1} of {state.Steps.Length}",
        retries = 3,
        timeout = 3600,
        onFailure = step.Script.Optional ? "skipTask" : "abortWorkflow",
        dependsOn = DependsOn(state, step).Select(externalId => new { externalId }).ToArray(),
    };

    public static object Executed(SimulatedRun run, RunState state, StepState step) => new
    {
        id = Dice.Guid(Dice.SeedOf(run.Id), (ulong)step.Index + 1).ToString(),
        externalId = step.Script.Name,
        status = StatusOf(state, step),
        taskType = TypeOf(step),

        // This key is isAsyncComplete in the definition, but asyncComplete in an executed task.
        input = Parameters(step, "asyncComplete"),
        output = Output(run, step),
        parentTaskExternalId = step.Script.Parent,
        startTime = ExecutionBody.Milliseconds(step.StartedAt),
        endTime = ExecutionBody.Milliseconds(step.EndedAt),
        reasonForIncompletion = step.Phase == RunPhase.Failed ? step.Script.Reason ?? "The task failed." : null,
    };

    private static string TypeOf(StepState step) => step.Script.Kind ?? "function";

    private static string StatusOf(RunState state, StepState step) => step.Phase switch
    {
        RunPhase.Succeeded => "COMPLETED",
        RunPhase.Failed => step.Script.Optional ? "COMPLETED_WITH_ERRORS" : "FAILED",
        RunPhase.Cancelled or RunPhase.Killed => state.Phase == RunPhase.TimedOut ? "TIMED_OUT" : "CANCELED",
        _ => step.StartedAt is null ? "SCHEDULED" : "IN_PROGRESS",
    };

    private static IReadOnlyList<string> DependsOn(RunState state, StepState step) =>
        step.Script.DependsOn is { } names ? [.. names] : step.Index == 0 ? [] : [state.Steps[step.Index - 1].Script.Name];

    private static object Parameters(StepState step, string asyncName)
    {
        var id = step.Script.Name.ToLowerInvariant().Replace(' ', '_');
        return TypeOf(step) switch
        {
            "transformation" => new { transformation = new { externalId = id, concurrencyPolicy = "fail", useTransformationCredentials = false } },
            "cdf" => new { cdfRequest = new { resourcePath = $"/{id}", queryParameters = new { }, method = "GET", requestTimeoutInMillis = 10_000, body = new { }, cdfVersionHeader = "" } },
            "dynamic" => new { dynamic = new { tasks = "${workflow.input.tasks}" } },
            "subworkflow" => new { subworkflow = new { tasks = Array.Empty<object>() } },
            "simulation" => new { simulation = new { routineExternalId = id } },
            _ => new Dictionary<string, object> { ["function"] = new { externalId = id, data = new { } }, [asyncName] = false },
        };
    }

    private static object Output(SimulatedRun run, StepState step)
    {
        var number = (long)(Dice.Mix(Dice.SeedOf(run.Id), (ulong)step.Index) >> 12);
        var hasEnded = step.Phase == RunPhase.Succeeded;
        return TypeOf(step) switch
        {
            "transformation" => new { jobId = number },
            "cdf" => new { statusCode = hasEnded ? 200 : (int?)null, response = new { } },
            "simulation" => new { runId = number, logId = number + 1, statusMessage = hasEnded ? "Completed" : null },
            "dynamic" or "subworkflow" => new { },
            _ => new { callId = number, functionId = number + 1, response = hasEnded ? new { step = step.Index.ToString(CultureInfo.InvariantCulture) } : new object() },
        };
    }
}
