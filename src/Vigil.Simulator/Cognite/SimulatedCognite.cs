namespace Vigil.Simulator.Cognite;

/// <summary>Cognite Data Fusion's API: workflow executions of a project, with the sessions and tokens that they need.</summary>
internal sealed class SimulatedCognite(SimulatedPlatforms world) : ISimulatedPlatform
{
    private const string Project = "/api/v1/projects/{project}";
    private const int MaxReason = 500;

    private readonly Identity _identity = new(world);
    private readonly ConcurrentDictionary<SimulatedRun, string> _cancelReasons = new();

    public string Name => Identity.Platform;

    public IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/oauth2/token", request => new("token", () => _identity.IssueToken(request)) { FetchesToken = true }),
        new("POST", $"{Project}/sessions", request => Guarded(request, new("session", () => _identity.CreateSession(request)))),
        new("POST", $"{Project}/workflows/{{workflow}}/versions/{{version}}/run", Start),
        new("GET", $"{Project}/workflows/executions/{{id}}", Status),
        new("POST", $"{Project}/workflows/executions/list", request => Guarded(request, new("list", () => ExecutionList.Answer(world, request, Short)))),
        new("POST", $"{Project}/workflows/executions/{{id}}/cancel", Cancel),
        new("POST", $"{Project}/workflows/executions/{{id}}/retry", Retry),
        new("POST", $"{Project}/workflows/tasks/{{task}}/update", request => Guarded(request, new("task_update", () => Refuse(400, "The task is not completed asynchronously")))),
    ];

    public void Reset()
    {
        _identity.Clear();
        _cancelReasons.Clear();
    }

    public SimulatedAnswer Error(int status, string code, string message) => Refuse(status, message);

    internal static SimulatedAnswer Refuse(int status, string message) =>
        SimulatedAnswer.Json(new { error = new { code = status, message } }, status).With("x-request-id", Guid.NewGuid().ToString());

    private SimulatedCall Start(SimulatedRequest request)
    {
        var (workflow, version) = (request.Route("workflow"), request.Route("version"));
        var started = new List<string>();
        return Guarded(request, new("start", () => Run(request, workflow, version, started)) { Target = workflow, RunIds = started });
    }

    private SimulatedAnswer Run(SimulatedRequest request, string workflow, string version, List<string> started)
    {
        if (StartBody.Read(request, workflow, version, out var body) is { } wrong)
        {
            return Refuse(400, wrong);
        }

        if (world.Scripts.For(Name, workflow).Refusal is { } refusal)
        {
            return Refuse(refusal.Status, refusal.Message);
        }

        if (!_identity.TryBind(body.Nonce, request.Now))
        {
            return Refuse(400, "The nonce is not known, has been used or has expired");
        }

        var target = new StartedTarget("workflow", workflow, version, body.Input, body.Marker, body.Metadata);
        var run = world.Start(Name, target, (seed, number) => Dice.Guid(seed, number).ToString());
        started.Add(run.Id);
        return SimulatedAnswer.Json(Short(run, world.Tell(run)), 202);
    }

    private SimulatedCall Status(SimulatedRequest request) =>
        AboutRun(request, "status", 400, (run, state) => SimulatedAnswer.Json(ExecutionBody.Detailed(run, state, ReasonOf(run, state))));

    private SimulatedCall Cancel(SimulatedRequest request) => AboutRun(request, "cancel", 400, (run, _) =>
    {
        var reason = request.Json() is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("reason", out var said) && said.ValueKind == JsonValueKind.String
            ? said.GetString()!
            : "cancelled";
        if (reason.Length > MaxReason)
        {
            return Refuse(400, $"reason: size must be between 0 and {MaxReason}");
        }

        if (!run.TryCancel(request.Now))
        {
            return Refuse(400, "The workflow execution has already ended");
        }

        // The answer does not have an end time yet.
        _cancelReasons[run] = reason;
        return SimulatedAnswer.Json(ExecutionBody.Short(run, world.Tell(run) with { EndedAt = null }, reason));
    });

    private SimulatedCall Retry(SimulatedRequest request) => AboutRun(request, "retry", 404, (run, _) =>
    {
        var state = run.At(request.Now);
        if (state.Phase is not (RunPhase.Failed or RunPhase.TimedOut or RunPhase.Cancelled or RunPhase.Killed))
        {
            return Refuse(400, "Only failed, timed out and terminated workflow executions can be retried");
        }

        if (!_identity.TryBind(StartBody.NonceOf(request.Json()), request.Now))
        {
            return Refuse(400, "The nonce is not known, has been used or has expired");
        }

        run.TryRetry(request.Now, SkipSucceeded);
        return SimulatedAnswer.Json(Short(run, world.Tell(run)));
    });

    // Tasks that succeeded are not run again: they take no time in the new attempt.
    private static RunScript SkipSucceeded(RunScript script, RunState last) => script with
    {
        Queued = RunDuration.Zero,
        Steps =
        [
            .. script.Steps.Select(step => last.Steps.Any(done => done.Script.Name == step.Name && done.Phase == RunPhase.Succeeded)
                ? step with { Duration = RunDuration.Zero }
                : step),
        ],
    };

    private SimulatedCall AboutRun(SimulatedRequest request, string operation, int unknownStatus, Func<SimulatedRun, RunState, SimulatedAnswer> act)
    {
        var id = request.Route("id");
        return Guarded(
            request,
            new(operation, () => (operation == "status" ? world.Show(Name, id, operation) : world.Find(Name, id, operation)) is { } seen
                ? act(seen.Run, seen.State)
                : Refuse(unknownStatus, $"Workflow execution not found: {id}"))
            {
                RunIds = [id],
            });
    }

    private SimulatedCall Guarded(SimulatedRequest request, SimulatedCall call) =>
        _identity.Accepts(request.Bearer(), request.Now)
            ? call with { TokenNumber = _identity.NumberOf(request.Bearer()) }
            : call with { Act = () => Refuse(401, "Unauthorized") };

    private object Short(SimulatedRun run, RunState state) => ExecutionBody.Short(run, state, ReasonOf(run, state));

    private string? ReasonOf(SimulatedRun run, RunState state) =>
        state.Phase == RunPhase.Cancelled ? _cancelReasons.GetValueOrDefault(run, "cancelled") : state.HasEnded ? state.Reason : null;
}
