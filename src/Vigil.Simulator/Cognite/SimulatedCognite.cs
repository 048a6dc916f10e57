namespace Vigil.Simulator.Cognite;

/// <summary>Cognite Data Fusion's API: workflow executions of a project, with the sessions and tokens that they need.</summary>
internal sealed class SimulatedCognite : SimulatedPlatform
{
    private const string Project = "/api/v1/projects/{project}";
    private const int MaxReason = 500;

    private readonly Identity _identity;
    private readonly ConcurrentDictionary<SimulatedRun, string> _cancelReasons = new();

    public SimulatedCognite(SimulatedPlatforms world)
        : base(world, "cognite")
    {
        _identity = new Identity(world, Name, Tokens);
        Triggers = new TriggerBook(world);
    }

    /// <summary>Gets the triggers.</summary>
    public TriggerBook Triggers { get; }

    public override IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/oauth2/token", request => new("token", () => _identity.IssueToken(request)) { FetchesToken = true }),
        new("POST", $"{Project}/sessions", request => Guard(request, new("session", () => _identity.CreateSession(request)))),
        new("POST", $"{Project}/workflows/{{workflow}}/versions/{{version}}/run", Start),
        new("GET", $"{Project}/workflows/executions/{{id}}", request => AboutRun(request, "status", (run, state) =>
            SimulatedResponse.Json(ExecutionBody.Detailed(run, state, ReasonOf(run, state))))),
        new("POST", $"{Project}/workflows/executions/list", request => Guard(request, new("list", () => ExecutionList.Respond(World, request, Short)))),
        new("POST", $"{Project}/workflows/executions/{{id}}/cancel", Cancel),
        new("POST", $"{Project}/workflows/executions/{{id}}/retry", Retry),
        new("GET", $"{Project}/workflows/triggers", request => Guard(request, new("triggers", Triggers.List))),
        new("POST", $"{Project}/workflows/triggers", request => Guard(request, new("trigger", () =>
            NonceError(StartBody.NonceOf(request.Json()), request.Now) ?? Triggers.Upsert(request.Json())))),
        new("POST", $"{Project}/workflows/triggers/delete", request => Guard(request, new("trigger", () => Triggers.Delete(request.Json())))),
        new("GET", $"{Project}/workflows/triggers/{{id}}/history", request => Guard(request, new("history", () => Triggers.History(request.Route("id"), request)))),
        new("POST", $"{Project}/workflows/tasks/{{task}}/update", request => Guard(request, new("task_update", () => Refuse(400, "The task is not completed asynchronously")))),
    ];

    protected override SimulatedResponse Unauthorized => Refuse(401, "Unauthorized");

    public override void Reset()
    {
        base.Reset();
        _identity.Clear();
        _cancelReasons.Clear();
        Triggers.Clear();
    }

    public override SimulatedResponse Error(int status, string code, string message) => Refuse(status, message);

    internal static SimulatedResponse Refuse(int status, string message) =>
        SimulatedResponse.Json(new { error = new { code = status, message } }, status).With("x-request-id", Guid.NewGuid().ToString());

    protected override SimulatedResponse NotFound(string id, string operation) => Refuse(operation == "retry" ? 404 : 400, $"Workflow execution not found: {id}");

    private SimulatedCall Start(SimulatedRequest request)
    {
        var (workflow, version) = (request.Route("workflow"), request.Route("version"));
        return Start(request, workflow, started =>
        {
            if (StartBody.Read(request, workflow, version, out var body) is { } error)
            {
                return Refuse(400, error);
            }

            if ((RefusalOf(workflow) ?? NonceError(body.Nonce, request.Now)) is { } refusal)
            {
                return refusal;
            }

            var run = World.Start(Name, new StartedTarget("workflow", workflow, version, body.Input, body.Marker, body.Metadata));
            started.Add(run.Id);
            return SimulatedResponse.Json(Short(run, World.ActualState(run)), 202);
        });
    }

    private SimulatedResponse? NonceError(string? nonce, DateTimeOffset now) =>
        _identity.TryConsumeNonce(nonce, now) ? null : Refuse(400, "The nonce is not known, has been used or has expired");

    private SimulatedCall Cancel(SimulatedRequest request) => AboutRun(request, "cancel", (run, _) =>
    {
        var reason = request.Json()?.Text("reason") ?? "cancelled";
        if (reason.Length > MaxReason)
        {
            return Refuse(400, $"reason: size must be between 0 and {MaxReason}");
        }

        if (!run.TryCancel(request.Now))
        {
            return Refuse(400, "The workflow execution has already ended");
        }

        // The platform sets the end time only after this response.
        _cancelReasons[run] = reason;
        return SimulatedResponse.Json(ExecutionBody.Short(run, World.ActualState(run) with { EndedAt = null }, reason));
    });

    private SimulatedCall Retry(SimulatedRequest request) => AboutRun(request, "retry", (run, _) =>
    {
        var state = run.At(request.Now);
        if (state.Phase is not (RunPhase.Failed or RunPhase.TimedOut or RunPhase.Cancelled or RunPhase.Killed))
        {
            return Refuse(400, "Only failed, timed out and terminated workflow executions can be retried");
        }

        if (NonceError(StartBody.NonceOf(request.Json()), request.Now) is { } refusal)
        {
            return refusal;
        }

        run.TryRetry(request.Now, SkipSucceeded);
        return SimulatedResponse.Json(Short(run, World.ActualState(run)));
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

    private object Short(SimulatedRun run, RunState state) => ExecutionBody.Short(run, state, ReasonOf(run, state));

    private string? ReasonOf(SimulatedRun run, RunState state) =>
        state.Phase == RunPhase.Cancelled ? _cancelReasons.GetValueOrDefault(run, "cancelled") : state.HasEnded ? state.Reason : null;
}
