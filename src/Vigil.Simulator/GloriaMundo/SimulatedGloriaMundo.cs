namespace Vigil.Simulator.GloriaMundo;

/// <summary>GloriaMundo's API: executes workflows and reports the status of their runs.</summary>
internal sealed class SimulatedGloriaMundo(SimulatedPlatforms world) : ISimulatedPlatform
{
    private readonly SpendLimit _spending = new(world, "gloriamundo");
    private readonly SlidingLimit _polls = new(60, TimeSpan.FromSeconds(60));
    private readonly SlidingLimit _starts = new(10, TimeSpan.FromSeconds(60));

    public string Name => "gloriamundo";

    public IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/api/v1/workflows/{id}/execute", Start),
        new("GET", "/api/v1/runs/{id}/status", Status),
        new("GET", "/api/v1/usage", request => Guarded(request, new("usage", () => SimulatedAnswer.Json(new { calls = Array.Empty<object>() })))),
        new("GET", "/api/v1/spend-limit", request => Guarded(request, new("spend_limit", () => _spending.Answer(request.Now)))),
        new("PUT", "/api/v1/spend-limit", request => Guarded(request, new("spend_limit", () =>
            _spending.Set(request.Json()) is { } wrong ? Error(400, "invalid_input", wrong) : _spending.Answer(request.Now)))),
        new("GET", "/api/v1/keys", _ => new("keys", () => Error(403, "session_required", "Keys are managed from a browser session."))),
        new("POST", "/api/v1/keys", _ => new("keys", () => Error(403, "session_required", "Keys are managed from a browser session."))),
        new("DELETE", "/api/v1/keys/{id}", _ => new("keys", () => Error(403, "session_required", "Keys are managed from a browser session."))),
    ];

    public SimulatedAnswer Error(int status, string code, string message) => SimulatedAnswer.Json(new { error = code, message }, status);

    public void Reset()
    {
        _spending.Clear();
        _polls.Clear();
        _starts.Clear();
    }

    private SimulatedCall Start(SimulatedRequest request)
    {
        var target = request.Route("id");
        var started = new List<string>();
        return Guarded(request, new("start", () => Execute(request, target, started)) { Target = target, RunIds = started }, _starts);
    }

    private SimulatedAnswer Execute(SimulatedRequest request, string target, List<string> started)
    {
        if (request.Json() is not { ValueKind: JsonValueKind.Object } body
            || (body.TryGetProperty("input", out var input) && input.ValueKind is not JsonValueKind.Object))
        {
            return Error(400, "invalid_input", "input must be an object.");
        }

        if (world.Scripts.For(Name, target).Refusal is { } refusal)
        {
            return Error(refusal.Status, refusal.Code, refusal.Message);
        }

        if (_spending.IsReached(request.Now))
        {
            return Error(402, "spend_limit_exceeded", "The spend limit of the period is reached.");
        }

        var text = input.ValueKind == JsonValueKind.Object ? input.GetRawText() : null;
        var run = world.Start(Name, new StartedTarget("workflow", target, Input: text, Marker: Marker.In(input)), (seed, number) => Dice.Guid(seed, number).ToString());
        started.Add(run.Id);
        return SimulatedAnswer.Json(new { run_id = run.Id, status = "queued", poll_url = $"/api/v1/runs/{run.Id}/status" });
    }

    private SimulatedCall Status(SimulatedRequest request)
    {
        var id = request.Route("id");
        return Guarded(
            request,
            new("status", () => world.Show(Name, id, "status") is { } seen
                ? SimulatedAnswer.Json(Body(seen.Run, seen.State))
                : Error(404, "not_found", "Run not found or you don't own the workflow"))
            {
                RunIds = [id],
            },
            _polls);
    }

    private SimulatedCall Guarded(SimulatedRequest request, SimulatedCall call, SlidingLimit? limit = null)
    {
        var secret = request.Bearer() ?? request.Header("X-API-Key");
        return !world.Accepts(Name, secret)
            ? call with { Act = () => Error(401, "unauthorized", "Missing or invalid API key") }
            : world.EnforceLimits && limit is not null && !limit.TryTake(request.Now)
                ? call with { Act = () => Error(429, "rate_limited", "Too many requests.") }
                : call;
    }

    private static object Body(SimulatedRun run, RunState state)
    {
        var total = state.Steps.Length;
        var current = state.CurrentStep;
        return new
        {
            run_id = run.Id,
            status = state.Phase switch
            {
                RunPhase.Queued => "queued",
                RunPhase.Succeeded => "completed",
                RunPhase.AwaitingInput => "awaiting_approval",
                RunPhase.Running => "running",
                _ => "failed",
            },
            progress = current == 0 ? null : new
            {
                current_step = current,
                total_steps = total,
                current_step_name = state.Steps[current - 1].Script.Name,
                percentage = current * 100 / total,
            },
            started_at = Iso(state.StartedAt),
            completed_at = Iso(state.EndedAt),
            result = state.Phase == RunPhase.Succeeded ? run.Script.Output : null,
            cost_cents = state.HasEnded ? run.Script.CostCents : (int?)null,
            error = state.HasEnded && state.Phase != RunPhase.Succeeded ? state.Reason ?? "The workflow was stopped." : null,
        };
    }

    internal static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
