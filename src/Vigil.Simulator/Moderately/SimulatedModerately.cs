using System.Text.Json.Serialization;

namespace Vigil.Simulator.Moderately;

/// <summary>Moderately AI's API: agent executions, in the spelling of its client and in that of its OpenAPI document, and pipeline executions.</summary>
internal sealed partial class SimulatedModerately(SimulatedPlatforms world) : SimulatedPlatform(world, "moderately")
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-";
    private const int IdLength = 21;

    private readonly ConcurrentDictionary<SimulatedRun, bool> _deleted = new();

    public override IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/agent-executions", Create),
        new("GET", "/agent-executions", request => List(request, ExecutionQuery.Read(request))),
        new("GET", "/agent-executions/{id}", request => AboutExecution(request, "status", (run, state) => SimulatedResponse.Json(ExecutionBody.Of(run, state)))),

        // The synchronous client cancels with POST, the asynchronous one with PATCH.
        new("POST", "/agent-executions/{id}/cancel", Cancel),
        new("PATCH", "/agent-executions/{id}/cancel", Cancel),
        new("DELETE", "/agent-executions/{id}", Delete),
        new("GET", "/agent-executions/{id}/memory-states", request => AboutExecution(request, "memory_states", (run, state) => MemoryStates.Page(this, request, run, state))),
        new("GET", "/agent-executions/{id}/memory-states/{version}", request => AboutExecution(request, "memory_states", (run, state) => MemoryStates.One(this, request, run, state))),
        new("GET", "/agent-executions/{id}/live-tail", request => AboutExecution(request, "live_tail", (run, state) => MemoryStates.LiveTail(run, state))),
        .. PipelineRoutes,
    ];

    protected override SimulatedResponse Unauthorized => Error(401, "UNAUTHORIZED", "Missing or invalid authentication token");

    public override void Reset() => _deleted.Clear();

    public override SimulatedResponse Error(int status, string code, string message) => Error(status, code, message, []);

    /// <summary>
    /// Writes an error both inside the documented "error" object and at the top level, where the platform's client reads it. Only validation errors
    /// have details at the top level, by which the client recognizes them.
    /// </summary>
    internal SimulatedResponse Error(int status, string code, string message, IReadOnlyList<FieldError> fields)
    {
        var error = new
        {
            code,
            message,
            details = fields.Count == 0 ? null : fields,
            timestamp = WireValues.Iso(World.NowAt(Name)),
        };
        return status == 400
            ? SimulatedResponse.Json(new { error, code, message, details = fields }, status)
            : SimulatedResponse.Json(new { error, code, message }, status);
    }

    protected override SimulatedResponse NotFound(string id, string operation) =>
        Error(404, "NOT_FOUND", "The execution does not exist or you lack access to it");

    private SimulatedCall Create(SimulatedRequest request) => Create(request, ExecutionStart.Read(request.Json()), "agent", ExecutionBody.Of);

    private SimulatedCall Create(SimulatedRequest request, ExecutionStart start, string kind, Func<SimulatedRun, RunState, object> describe)
    {
        return Start(request, start.Target, started =>
        {
            if (start.Errors.Count > 0)
            {
                return Invalid(start.Errors);
            }

            if (RefusalOf(start.Target!) is { } refusal)
            {
                return refusal;
            }

            var target = new StartedTarget(kind, start.Target!, Input: start.Input.GetRawText(), Marker: start.Input.Marker(), Extra: start.Body.GetRawText());
            var run = World.Start(Name, target, NanoId);
            started.Add(run.Id);
            return SimulatedResponse.Json(describe(run, World.ActualState(run)), 201);
        });
    }

    private SimulatedCall List(SimulatedRequest request, ExecutionQuery query)
    {
        var operation = query.Ids is null ? "list" : "status_many";
        return Guard(
            request,
            new(operation, () => query.Errors.Count > 0
                ? Invalid(query.Errors)
                : SimulatedResponse.Json(ExecutionPage.Of(World, query, operation, Exists)))
            {
                RunIds = [.. query.Ids ?? []],
            });
    }

    private SimulatedCall Cancel(SimulatedRequest request) => AboutExecution(request, "cancel", (run, _) =>
        run.TryCancel(request.Now)
            ? SimulatedResponse.Json(ExecutionBody.Of(run, World.ActualState(run)))
            : Error(409, "CONFLICT", "Only non-terminal executions can be cancelled"));

    private SimulatedCall Delete(SimulatedRequest request) => AboutExecution(request, "delete", (run, _) =>
    {
        _deleted[run] = true;
        return SimulatedResponse.Nothing(204);
    });

    private SimulatedCall AboutExecution(SimulatedRequest request, string operation, Func<SimulatedRun, RunState, SimulatedResponse> act, string kind = "agent")
    {
        var id = request.Route("id");
        var call = AboutRun(request, operation, (run, state) => Exists(run) && run.Target.Kind == kind ? act(run, state) : NotFound(id, operation));
        return ExecutionQuery.IsId(id) ? call : Guard(request, call with { Act = () => Invalid([new($"{kind}ExecutionId", "Invalid id")]) });
    }

    internal SimulatedResponse Invalid(IReadOnlyList<FieldError> errors) => Error(400, "VALIDATION_ERROR", "Validation failed", errors);

    private bool Exists(SimulatedRun run) => _deleted.IsEmpty || !_deleted.ContainsKey(run);

    private static string NanoId(ulong seed, ulong number) => string.Create(IdLength, (seed, number), (id, state) =>
    {
        for (var i = 0; i < id.Length; i++)
        {
            id[i] = Alphabet[(int)(Dice.Mix(Dice.Mix(state.seed, state.number), (ulong)i) & 63)];
        }
    });
}

/// <summary>An error in one field of a request.</summary>
internal sealed record FieldError(
    [property: JsonPropertyName("field")] string Field,
    [property: JsonPropertyName("message")] string Message);
