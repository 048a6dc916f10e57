namespace Vigil.Simulator.Moderately;

/// <summary>Writes an execution's memory states, one version for each step that has started, and the live tail, which shows the last version.</summary>
internal static class MemoryStates
{
    private const int MaxPageSize = 1_000;
    private const int DefaultPageSize = 10;

    public static SimulatedResponse Page(SimulatedModerately platform, SimulatedRequest request, SimulatedRun run, RunState state)
    {
        var errors = new List<FieldError>();
        var page = ExecutionQuery.Number(request, "page", 1, int.MaxValue, "page", errors);
        var size = ExecutionQuery.Number(request, "pageSize", DefaultPageSize, MaxPageSize, "pageSize", errors);
        if (errors.Count > 0)
        {
            return platform.Invalid([errors[0]]);
        }

        var versions = Enumerable.Range(1, state.CurrentStep);
        versions = request.Query("latest") == "true" ? versions.TakeLast(1) : versions;
        versions = request.Query("version") is { } wanted ? versions.Where(version => version.ToString(CultureInfo.InvariantCulture) == wanted) : versions;
        versions = request.Query("orderDirection") == "desc" ? versions.Reverse() : versions;
        var all = versions.ToArray();
        var items = all.Skip((int)Math.Min((page - 1L) * size, int.MaxValue)).Take(size).Select(version => StateOf(run, state, version)).ToArray();
        return SimulatedResponse.Json(ExecutionPage.ToPage(items, page, size, all.Length));
    }

    public static SimulatedResponse One(SimulatedModerately platform, SimulatedRequest request, SimulatedRun run, RunState state) =>
        int.TryParse(request.Route("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version >= 1 && version <= state.CurrentStep
            ? SimulatedResponse.Json(StateOf(run, state, version))
            : platform.Error(404, "NOT_FOUND", "The memory state does not exist");

    public static SimulatedResponse LiveTail(SimulatedRun run, RunState state) => SimulatedResponse.Json(new
    {
        execution = new
        {
            agentExecutionId = run.Id,
            status = ExecutionBody.StatusOf(state.Phase),
            currentStep = state.CurrentStep == 0 ? (int?)null : state.CurrentStep,
            createdAt = WireValues.Iso(state.AcceptedAt),
            updatedAt = WireValues.Iso(state.EndedAt ?? state.StartedAt ?? state.AcceptedAt),
            startedAt = WireValues.Iso(state.StartedAt),
            completedAt = state.Phase == RunPhase.Succeeded ? WireValues.Iso(state.EndedAt) : null,
        },
        latestMemoryState = state.CurrentStep == 0 ? null : StateOf(run, state, state.CurrentStep),
        steps = StepsOf(state, state.CurrentStep),
        totalVersions = state.CurrentStep,
    });

    private static object StateOf(SimulatedRun run, RunState state, int version)
    {
        var at = WireValues.Iso(state.Steps[version - 1].StartedAt);
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
            startedAt = WireValues.Iso(step.StartedAt),
            endedAt = WireValues.Iso(step.EndedAt),
        }),
    ];
}
