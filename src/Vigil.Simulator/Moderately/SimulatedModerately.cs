namespace Vigil.Simulator.Moderately;

/// <summary>Moderately AI's API: agent executions, with the names of its client as well as those of its OpenAPI document.</summary>
internal sealed class SimulatedModerately(SimulatedPlatforms world) : ISimulatedPlatform
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-";
    private const int IdLength = 21;

    private readonly ConcurrentDictionary<SimulatedRun, bool> _deleted = new();

    public string Name => "moderately";

    public IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/agent-executions", Create),
        new("GET", "/agent-executions", List),
        new("GET", "/agent-executions/{id}", request => AboutRun(request, "status", (run, state) => SimulatedAnswer.Json(ExecutionBody.Of(run, state)))),

        // The client cancels with POST, its asynchronous variant with PATCH.
        new("POST", "/agent-executions/{id}/cancel", Cancel),
        new("PATCH", "/agent-executions/{id}/cancel", Cancel),
        new("DELETE", "/agent-executions/{id}", Delete),
        new("GET", "/agent-executions/{id}/memory-states", request => AboutRun(request, "memory_states", (run, state) => MemoryStates.Page(this, request, run, state))),
        new("GET", "/agent-executions/{id}/memory-states/{version}", request => AboutRun(request, "memory_states", (run, state) => MemoryStates.One(this, request, run, state))),
        new("GET", "/agent-executions/{id}/live-tail", request => AboutRun(request, "live_tail", (run, state) => MemoryStates.LiveTail(run, state))),
    ];

    public void Reset() => _deleted.Clear();

    public SimulatedAnswer Error(int status, string code, string message) => Error(status, code, message, []);

    /// <summary>
    /// Writes an error twice: inside the documented "error" object, and at the top level, where the platform's client looks for it. Only validation
    /// errors have details at the top level; that is how the client recognizes them.
    /// </summary>
    internal SimulatedAnswer Error(int status, string code, string message, IReadOnlyList<FieldError> fields)
    {
        var error = new
        {
            code,
            message,
            details = fields.Count == 0 ? null : fields,
            timestamp = ExecutionBody.Iso(world.NowAt(Name)),
        };
        return status == 400
            ? SimulatedAnswer.Json(new { error, code, message, details = fields }, status)
            : SimulatedAnswer.Json(new { error, code, message }, status);
    }

    private SimulatedCall Create(SimulatedRequest request)
    {
        var start = ExecutionStart.Read(request.Json());
        var started = new List<string>();
        return Guarded(request, new("start", () => Create(start, started)) { Target = start.Target, RunIds = started });
    }

    private SimulatedAnswer Create(ExecutionStart start, List<string> started)
    {
        if (start.Errors.Count > 0)
        {
            return Error(400, "VALIDATION_ERROR", "Validation failed", start.Errors);
        }

        if (world.Scripts.For(Name, start.Target!).Refusal is { } refusal)
        {
            return Error(refusal.Status, refusal.Code, refusal.Message);
        }

        var target = new StartedTarget("agent", start.Target!, Input: start.Input.GetRawText(), Marker: Marker.In(start.Input), Extra: start.Body.GetRawText());
        var run = world.Start(Name, target, NanoId);
        started.Add(run.Id);
        return SimulatedAnswer.Json(ExecutionBody.Of(run, world.Tell(run)), 201);
    }

    private SimulatedCall List(SimulatedRequest request)
    {
        var query = ExecutionQuery.Read(request);
        var operation = query.Ids is null ? "list" : "status_many";
        return Guarded(
            request,
            new(operation, () => query.Errors.Count > 0
                ? Error(400, "VALIDATION_ERROR", "Validation failed", query.Errors)
                : SimulatedAnswer.Json(ExecutionPage.Of(world, query, operation, IsThere)))
            {
                RunIds = [.. query.Ids ?? []],
            });
    }

    private SimulatedCall Cancel(SimulatedRequest request) => AboutRun(request, "cancel", (run, _) =>
        run.TryCancel(request.Now)
            ? SimulatedAnswer.Json(ExecutionBody.Of(run, world.Tell(run)))
            : Error(409, "CONFLICT", "Only non-terminal executions can be cancelled"));

    private SimulatedCall Delete(SimulatedRequest request) => AboutRun(request, "delete", (run, _) =>
    {
        _deleted[run] = true;
        return SimulatedAnswer.Nothing(204);
    });

    private SimulatedCall AboutRun(SimulatedRequest request, string operation, Func<SimulatedRun, RunState, SimulatedAnswer> act)
    {
        var id = request.Route("id");
        return Guarded(
            request,
            new(operation, () => !ExecutionQuery.IsId(id)
                ? Error(400, "VALIDATION_ERROR", "Validation failed", [new("agentExecutionId", "Invalid id")])
                : (operation == "status" ? world.Show(Name, id, operation) : world.Find(Name, id, operation)) is { } seen && IsThere(seen.Run)
                    ? act(seen.Run, seen.State)
                    : Error(404, "NOT_FOUND", "The agent execution does not exist or you lack access to it"))
            {
                RunIds = [id],
            });
    }

    private bool IsThere(SimulatedRun run) => _deleted.IsEmpty || !_deleted.ContainsKey(run);

    private SimulatedCall Guarded(SimulatedRequest request, SimulatedCall call) => world.Accepts(Name, request.Bearer())
        ? call
        : call with { Act = () => Error(401, "UNAUTHORIZED", "Missing or invalid authentication token") };

    private static string NanoId(ulong seed, ulong number) => string.Create(IdLength, (seed, number), (id, state) =>
    {
        for (var i = 0; i < id.Length; i++)
        {
            id[i] = Alphabet[(int)(Dice.Mix(Dice.Mix(state.seed, state.number), (ulong)i) & 63)];
        }
    });
}

/// <summary>What is wrong with one field of a request.</summary>
internal sealed record FieldError(
    [property: System.Text.Json.Serialization.JsonPropertyName("field")] string Field,
    [property: System.Text.Json.Serialization.JsonPropertyName("message")] string Message);
