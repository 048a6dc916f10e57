using System.Buffers.Text;

namespace Vigil.Simulator.Manifest;

/// <summary>The Manifest Platform's API, as Vigil assumes it: durable executions, with their events pushed to NATS.</summary>
internal sealed class SimulatedManifest(SimulatedPlatforms world, RunPushes? pushes) : SimulatedPlatform(world, "manifest")
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, string> _refreshTokens = new();

    public override IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/api/v1/auth/login", request => Traced(request, new("login", () => Login(request)) { FetchesToken = true })),
        new("POST", "/api/v1/auth/refresh", request => Traced(request, new("refresh", () => Refresh(request)) { FetchesToken = true })),
        new("POST", "/api/v1/workflows/{id}/executions", request => Submit(request, "workflow", "input_data")),
        new("POST", "/api/v1/agents/{id}/executions", request => Submit(request, "agent", "input_data")),
        new("POST", "/api/v1/code-blocks/{id}/executions", request => Submit(request, "code_block", "input_parameters")),
        new("GET", "/api/v1/executions/{id}", request => AboutRun(request, "status", (run, state) => SimulatedResponse.Json(Body(run, state)))),
        new("GET", "/api/v1/executions", Find),
        new("POST", "/api/v1/executions/{id}/cancel", Cancel),
    ];

    protected override SimulatedResponse Unauthorized => Error(401, "unauthorized", "Invalid or missing credentials");

    public override void Reset()
    {
        base.Reset();
        _refreshTokens.Clear();
    }

    public override SimulatedResponse Error(int status, string code, string message) => SimulatedResponse.Json(new { error = new { code, message } }, status);

    protected override SimulatedResponse NotFound(string id, string operation) => Error(404, "not_found", "Execution not found");

    // If a request has both an API key and a token, the token is ignored.
    protected override string? CredentialOf(SimulatedRequest request) => request.Header("X-API-Key") ?? request.Bearer();

    protected override SimulatedCall Guard(SimulatedRequest request, SimulatedCall call) => Traced(request, base.Guard(request, call));

    private SimulatedResponse Login(SimulatedRequest request) => request.Json()?.Text("password") is { } password && World.Accepts(Name, password)
        ? Issue(password, request.Now)
        : Error(401, "unauthorized", "Invalid email or password");

    // Accepts a refresh token or the old token itself, even if it has expired.
    private SimulatedResponse Refresh(SimulatedRequest request)
    {
        var origin = request.Json() is { } body && body.TryGetProperty("refresh_token", out var refresh)
            ? _refreshTokens.GetValueOrDefault(refresh.ToString())
            : Tokens.OriginOf(request.Bearer());
        return World.Accepts(Name, origin) ? Issue(origin!, request.Now) : Error(401, "unauthorized", "Invalid token");
    }

    private SimulatedResponse Issue(string credential, DateTimeOffset now)
    {
        // The times in the token are by the platform's possibly skewed clock; its validity depends on the true time.
        var issuedAt = World.NowAt(Name);
        var claims = JsonSerializer.Serialize(new { iat = issuedAt.ToUnixTimeSeconds(), exp = (issuedAt + TokenLifetime).ToUnixTimeSeconds(), jti = Guid.NewGuid() });
        var token = $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(claims)}.{Encode("simulated")}";
        Tokens.Add(token, now + TokenLifetime, credential);
        var refreshToken = Encode(Guid.NewGuid().ToString());
        _refreshTokens[refreshToken] = credential;
        return SimulatedResponse.Json(new { access_token = token, refresh_token = refreshToken, token_type = "bearer", expires_in = (int)TokenLifetime.TotalSeconds });
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private SimulatedCall Submit(SimulatedRequest request, string kind, string inputName)
    {
        var target = request.Route("id");
        return Start(request, target, started =>
        {
            if (SubmitBody.Read(request.Json(), inputName, out var body) is { } error)
            {
                return Error(422, "validation_error", error);
            }

            if (RefusalOf(target) is { } refusal)
            {
                return refusal;
            }

            var run = World.Start(
                Name,
                new StartedTarget(kind, target, Input: body.Input, Marker: body.Marker, Extra: body.Rest),
                adjust: script => script with { TimeLimitSeconds = script.TimeLimitSeconds ?? body.TimeoutSeconds });
            started.Add(run.Id);
            pushes?.Watch(run);
            return SimulatedResponse.Json(new { execution_id = run.Id, status = "queued" }, 202);
        });
    }

    /// <summary>Finds executions by the marker in their config; Vigil's setting find_path uses it.</summary>
    private SimulatedCall Find(SimulatedRequest request) => Guard(request, new("find", () =>
    {
        var marker = request.Query("vigil_execution_id");
        var found = World.Runs.Of(Name).Where(run => marker is not null && run.Target.Marker == marker).Take(100)
            .Select(run => World.Find(Name, run.Id, "find")).OfType<(SimulatedRun Run, RunState State)>();
        return SimulatedResponse.Json(new { executions = found.Select(seen => Body(seen.Run, seen.State)).ToArray() });
    }));

    private SimulatedCall Cancel(SimulatedRequest request) => AboutRun(request, "cancel", (run, _) =>
    {
        // Best effort: the response is the same whether or not the run had already ended.
        run.TryCancel(request.Now);
        return SimulatedResponse.Json(new { execution_id = run.Id, status = StatusOf(run.PhaseAt(request.Now)) }, 202);
    });

    // Echoes the request's id, or creates one.
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

    private static object Body(SimulatedRun run, RunState state) => Body(run, state, JsonElement.Parse(run.Target.Extra ?? "{}"));

    private static object Body(SimulatedRun run, RunState state, JsonElement start) => new
    {
        execution_id = run.Id,
        status = StatusOf(state.Phase),
        output = state.Phase == RunPhase.Succeeded ? run.Script.Output : null,
        usage = state.HasEnded ? new { total_tokens = run.Script.Tokens } : null,
        session_id = Dice.Guid(Dice.SeedOf(run.Id), 0).ToString(),
        messages = state.HasEnded ? new[] { new { role = "assistant", content = $"The execution was {StatusOf(state.Phase)}." } } : [],
        state = state.HasEnded ? new { last_step = state.CurrentStep } : null,
        metrics = new { steps = state.Steps.Count(step => step.EndedAt is not null) },

        // The options of the start.
        config = start.Member("config"),
        lifecycle_event = start.Member("lifecycle_event"),
        ring_id = start.Member("ring_id"),
        timeout_seconds = start.Member("timeout_seconds"),
        caller_deployment_id = start.Member("caller_deployment_id"),
        context = start.Member("context"),
        auto_deploy = start.Member("auto_deploy"),
        execution_mode = start.Member("execution_mode"),
        scope = start.Member("scope"),
        error = state.HasEnded && state.Phase != RunPhase.Succeeded ? state.Reason ?? $"The execution was {StatusOf(state.Phase)}." : null,
        created_at = WireValues.Iso(state.AcceptedAt),
        started_at = state.StartedAt.Iso(),
        completed_at = state.EndedAt.Iso(),
    };
}
