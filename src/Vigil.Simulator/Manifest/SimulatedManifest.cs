namespace Vigil.Simulator.Manifest;

/// <summary>The Manifest Platform's API, as Vigil assumes it: durable executions, with their events pushed to NATS.</summary>
internal sealed class SimulatedManifest(SimulatedPlatforms world, RunPushes? pushes) : ISimulatedPlatform
{
    private readonly LoginTokens _tokens = new(world);

    public string Name => LoginTokens.Platform;

    public IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/api/v1/auth/login", request => Traced(request, new("login", () => _tokens.Login(request, this)) { FetchesToken = true })),
        new("POST", "/api/v1/auth/refresh", request => Traced(request, new("refresh", () => _tokens.Refresh(request, this)) { FetchesToken = true })),
        new("POST", "/api/v1/workflows/{id}/executions", request => Submit(request, "workflow", "input_data")),
        new("POST", "/api/v1/agents/{id}/executions", request => Submit(request, "agent", "input_data")),
        new("POST", "/api/v1/code-blocks/{id}/executions", request => Submit(request, "code_block", "input_parameters")),
        new("GET", "/api/v1/executions/{id}", Status),
        new("GET", "/api/v1/executions", Find),
        new("POST", "/api/v1/executions/{id}/cancel", Cancel),
    ];

    public void Reset() => _tokens.Clear();

    public SimulatedAnswer Error(int status, string code, string message) => SimulatedAnswer.Json(new { error = new { code, message } }, status);

    private SimulatedCall Submit(SimulatedRequest request, string kind, string inputName)
    {
        var target = request.Route("id");
        var started = new List<string>();
        return Guarded(request, new("start", () => Submit(request, kind, target, inputName, started)) { Target = target, RunIds = started });
    }

    private SimulatedAnswer Submit(SimulatedRequest request, string kind, string target, string inputName, List<string> started)
    {
        if (SubmitBody.Read(request.Json(), inputName, out var body) is { } wrong)
        {
            return Error(422, "validation_error", wrong);
        }

        if (world.Scripts.For(Name, target).Refusal is { } refusal)
        {
            return Error(refusal.Status, refusal.Code, refusal.Message);
        }

        var run = world.Start(
            Name,
            new StartedTarget(kind, target, Input: body.Input, Marker: body.Marker, Extra: body.Rest),
            (seed, number) => Dice.Guid(seed, number).ToString(),
            script => script with { TimeLimitSeconds = script.TimeLimitSeconds ?? body.TimeoutSeconds });
        started.Add(run.Id);
        pushes?.Watch(run);
        return SimulatedAnswer.Json(new { execution_id = run.Id, status = "queued" }, 202);
    }

    private SimulatedCall Status(SimulatedRequest request)
    {
        var id = request.Route("id");
        return Guarded(
            request,
            new("status", () => world.Show(Name, id, "status") is { } seen ? SimulatedAnswer.Json(Body(seen.Run, seen.State)) : NotFound()) { RunIds = [id] });
    }

    /// <summary>Finds executions by a value in their config, for the setting with which Vigil searches for its starts.</summary>
    private SimulatedCall Find(SimulatedRequest request) => Guarded(request, new("find", () =>
    {
        var marker = request.Query("vigil_execution_id");
        var found = world.Runs.Of(Name).Where(run => marker is not null && run.Target.Marker == marker).Take(100)
            .Select(run => world.Find(Name, run.Id, "find")).OfType<(SimulatedRun Run, RunState State)>();
        return SimulatedAnswer.Json(new { executions = found.Select(seen => Body(seen.Run, seen.State)).ToArray() });
    }));

    private SimulatedCall Cancel(SimulatedRequest request)
    {
        var id = request.Route("id");
        return Guarded(
            request,
            new("cancel", () =>
            {
                if (world.Find(Name, id, "cancel") is not { } seen)
                {
                    return NotFound();
                }

                // Best effort: the answer is the same whether the cancel comes in time or not.
                seen.Run.TryCancel(request.Now);
                return SimulatedAnswer.Json(new { execution_id = id, status = StatusOf(seen.Run.At(request.Now).Phase) }, 202);
            })
            {
                RunIds = [id],
            });
    }

    private SimulatedAnswer NotFound() => Error(404, "not_found", "Execution not found");

    private SimulatedCall Guarded(SimulatedRequest request, SimulatedCall call) =>
        Traced(request, _tokens.Accepts(request)
            ? call with { TokenNumber = _tokens.NumberOf(request) }
            : call with { Act = () => Error(401, "unauthorized", "Invalid or missing credentials") });

    /// <summary>Returns the request's id with the answer; a new one if none was sent.</summary>
    private static SimulatedCall Traced(SimulatedRequest request, SimulatedCall call) =>
        call with { Act = () => call.Act().With("X-Request-ID", request.Header("X-Request-ID") ?? Guid.NewGuid().ToString()) };

    private static string StatusOf(RunPhase phase) => phase switch
    {
        RunPhase.Queued => "queued",
        RunPhase.Succeeded => "completed",
        RunPhase.Failed => "failed",
        RunPhase.Cancelled => "cancelled",
        RunPhase.TimedOut => "timed_out",
        RunPhase.Killed => "terminated",
        _ => "running",
    };

    private static object Body(SimulatedRun run, RunState state) => new
    {
        execution_id = run.Id,
        status = StatusOf(state.Phase),
        output = state.Phase == RunPhase.Succeeded ? run.Script.Output : null,
        usage = state.HasEnded ? new { total_tokens = run.Script.Tokens } : null,
        messages = Array.Empty<object>(),
        state = (JsonElement?)null,
        metrics = new { steps = state.Steps.Count(step => step.EndedAt is not null) },
        error = state.HasEnded && state.Phase != RunPhase.Succeeded ? state.Reason ?? $"The execution was {StatusOf(state.Phase)}." : null,
        created_at = Iso(state.AcceptedAt),
        started_at = Iso(state.StartedAt),
        completed_at = Iso(state.EndedAt),
    };

    private static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
