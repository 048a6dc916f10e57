namespace Vigil.Simulator.Moderately;

/// <summary>Writes an execution's memory states, one version for each step that has started, and the live tail, which shows the last version.</summary>
internal static class MemoryStates
{
    private const int MaxPageSize = 1_000;
    private const int DefaultPageSize = 10;

    public static SimulatedAnswer Page(SimulatedModerately platform, SimulatedRequest request, SimulatedRun run, RunState state)
    {
        var page = Number(request, "page", 1);
        var size = Number(request, "pageSize", DefaultPageSize);
        if (page < 1 || size is < 1 or > MaxPageSize)
        {
            FieldError wrong = page < 1 ? new("page", "Number must be at least 1") : new("pageSize", $"Number must be from 1 to {MaxPageSize}");
            return platform.Error(400, "VALIDATION_ERROR", "Validation failed", [wrong]);
        }

        var versions = Enumerable.Range(1, state.CurrentStep);
        versions = request.Query("latest") == "true" ? versions.TakeLast(1) : versions;
        versions = request.Query("version") is { } wanted ? versions.Where(version => version.ToString(CultureInfo.InvariantCulture) == wanted) : versions;
        versions = request.Query("orderDirection") == "desc" ? versions.Reverse() : versions;
        var all = versions.ToArray();
        var pages = (all.Length + size - 1) / size;
        return SimulatedAnswer.Json(new
        {
            items = all.Skip((page - 1) * size).Take(size).Select(version => StateOf(run, state, version)).ToArray(),
            pagination = new
            {
                page,
                pageSize = size,
                totalItems = all.Length,
                totalPages = pages,
                hasNextPage = page < pages,
                hasPreviousPage = page > 1 && all.Length > 0,
            },
        });
    }

    public static SimulatedAnswer One(SimulatedModerately platform, SimulatedRequest request, SimulatedRun run, RunState state) =>
        int.TryParse(request.Route("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version >= 1 && version <= state.CurrentStep
            ? SimulatedAnswer.Json(StateOf(run, state, version))
            : platform.Error(404, "NOT_FOUND", "The memory state does not exist");

    public static SimulatedAnswer LiveTail(SimulatedRun run, RunState state) => SimulatedAnswer.Json(new
    {
        execution = new
        {
            agentExecutionId = run.Id,
            status = ExecutionBody.StatusOf(state.Phase),
            currentStep = state.CurrentStep == 0 ? (int?)null : state.CurrentStep,
            createdAt = ExecutionBody.Iso(state.AcceptedAt),
            updatedAt = ExecutionBody.Iso(state.EndedAt ?? state.StartedAt ?? state.AcceptedAt),
            startedAt = ExecutionBody.Iso(state.StartedAt),
            completedAt = state.Phase == RunPhase.Succeeded ? ExecutionBody.Iso(state.EndedAt) : null,
        },
        latestMemoryState = state.CurrentStep == 0 ? null : StateOf(run, state, state.CurrentStep),
        steps = StepsOf(state, state.CurrentStep),
        totalVersions = state.CurrentStep,
    });

    private static object StateOf(SimulatedRun run, RunState state, int version)
    {
        var at = ExecutionBody.Iso(state.Steps[version - 1].StartedAt);
        return new
        {
            agentExecutionMemoryStateId = $"{run.Id}.{version}",
            agentExecutionId = run.Id,
            state = new { steps = StepsOf(state, version) },
            version,
            createdAt = at,
            updatedAt = at,
        };
    }

    private static object[] StepsOf(RunState state, int version) =>
    [
        .. state.Steps.Take(version).Select(step => new
        {
            stepType = "thought",
            thought = step.Script.Name,
            startedAt = ExecutionBody.Iso(step.StartedAt),
            endedAt = ExecutionBody.Iso(step.EndedAt),
        }),
    ];

    private static int Number(SimulatedRequest request, string name, int defaultValue) =>
        request.Query(name) is not { } text ? defaultValue
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
