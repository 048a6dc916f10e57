namespace Vigil.Simulator.GloriaMundo;

/// <summary>GloriaMundo's API: executes workflows and reports the status of their runs.</summary>
internal sealed class SimulatedGloriaMundo(SimulatedPlatforms world) : SimulatedPlatform(world, "gloriamundo")
{
    private SpendLimit _spending = new(world, "gloriamundo");

    // By credential, since the platform counts each user's requests.
    private readonly ConcurrentDictionary<(string? Credential, string Operation), SlidingLimit> _limits = new();

    public override IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/api/v1/workflows/{id}/execute", Start),
        new("GET", "/api/v1/runs/{id}/status", request => AboutRun(request, "status", (run, state) => SimulatedResponse.Json(Body(run, state)))),
        new("GET", "/api/v1/usage", request => Guard(request, new("usage", () => SimulatedResponse.Json(new { calls = Array.Empty<object>() })))),
        new("GET", "/api/v1/spend-limit", request => Guard(request, new("spend_limit", () => _spending.Describe(request.Now)))),
        new("PUT", "/api/v1/spend-limit", request => Guard(request, new("spend_limit", () =>
            _spending.Set(request.Json()) is { } error ? Error(400, "invalid_input", error) : _spending.Describe(request.Now)))),
        new("GET", "/api/v1/keys", Keys),
        new("POST", "/api/v1/keys", Keys),
        new("DELETE", "/api/v1/keys/{id}", Keys),
    ];

    protected override SimulatedResponse Unauthorized => Error(401, "unauthorized", "Missing or invalid API key");

    public override SimulatedResponse Error(int status, string code, string message) => SimulatedResponse.Json(new { error = code, message }, status);

    public override void Reset()
    {
        _spending = new SpendLimit(World, Name);
        _limits.Clear();
    }

    protected override SimulatedResponse NotFound(string id, string operation) => Error(404, "not_found", "Run not found or you don't own the workflow");

    protected override string? CredentialOf(SimulatedRequest request) => request.Bearer() ?? request.Header("X-API-Key");

    protected override SimulatedCall Guard(SimulatedRequest request, SimulatedCall call) => base.Guard(request,
        World.Options.EnforceLimits && CredentialOf(request) is var credential && Tokens.Accepts(credential) && !LimitOf(credential, call.Operation).TryAcquire(request.Now)
            ? call with { Act = () => Error(429, "rate_limited", "Too many requests.") }
            : call);

    /// <summary>Returns the limit of an operation: 60 polls, 10 starts, or 100 of anything else in a window.</summary>
    private SlidingLimit LimitOf(string? credential, string operation) => _limits.GetOrAdd(
        (credential, operation is "status" or "start" ? operation : ""),
        key => new(key.Operation switch { "status" => 60, "start" => 10, _ => 100 }, World.Options.LimitWindow));

    private SimulatedCall Keys(SimulatedRequest request) => new("keys", () => Error(403, "session_required", "Keys are managed from a browser session."));

    private SimulatedCall Start(SimulatedRequest request)
    {
        var target = request.Route("id");
        return Start(request, target, started =>
        {
            JsonElement input = default;
            if (request.Json() is not { } body || (body.TryGetProperty("input", out input) && input.ValueKind is not JsonValueKind.Object))
            {
                return Error(400, "invalid_input", "input must be an object.");
            }

            if (RefusalOf(target) is { } refusal)
            {
                return refusal;
            }

            if (_spending.IsReached(request.Now))
            {
                return Error(402, "spend_limit_exceeded", "The spend limit of the period is reached.");
            }

            var text = input.ValueKind == JsonValueKind.Object ? input.GetRawText() : null;
            var run = World.Start(Name, new StartedTarget("workflow", target, Input: text, Marker: input.Marker()));
            started.Add(run.Id);
            return SimulatedResponse.Json(new { run_id = run.Id, status = "queued", poll_url = $"/api/v1/runs/{run.Id}/status" });
        });
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
            started_at = state.StartedAt.Iso(),
            completed_at = state.EndedAt.Iso(),
            result = state.Phase == RunPhase.Succeeded ? run.Script.Output : null,
            cost_cents = state.HasEnded ? run.Script.CostCents : (int?)null,
            error = state.HasEnded && state.Phase != RunPhase.Succeeded ? state.Reason ?? "The workflow was stopped." : null,
        };
    }
}

/// <summary>Limits the number of requests in a sliding window.</summary>
internal sealed class SlidingLimit(int max, TimeSpan window)
{
    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _taken = new();

    public bool TryAcquire(DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_taken.TryPeek(out var oldest) && oldest <= now - window)
            {
                _taken.Dequeue();
            }

            if (_taken.Count >= max)
            {
                return false;
            }

            _taken.Enqueue(now);
            return true;
        }
    }
}
