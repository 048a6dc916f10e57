using Vigil.Simulator;

namespace Tiny;

/// <summary>Tiny's API.</summary>
public sealed class SimulatedTiny(SimulatedPlatforms world) : SimulatedPlatform(world, "tiny")
{
    public override IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/jobs/{id}/runs", Start),
        new("GET", "/runs/{id}", request => AboutRun(request, "status", (run, state) => SimulatedResponse.Json(Body(run, state)))),
        new("POST", "/runs/{id}/cancel", request => AboutRun(request, "cancel", (run, _) =>
            run.TryCancel(request.Now) ? SimulatedResponse.Json(Body(run, World.ActualState(run))) : Error(409, "ended", "The run has ended."))),
    ];

    protected override SimulatedResponse Unauthorized => Error(401, "unauthorized", "Who are you?");

    public override SimulatedResponse Error(int status, string code, string message) => SimulatedResponse.Json(new { code, message }, status);

    protected override SimulatedResponse NotFound(string id, string operation) => Error(404, "unknown", "No such run.");

    private SimulatedCall Start(SimulatedRequest request)
    {
        var target = request.Route("id");
        return Start(request, target, started =>
        {
            var run = World.Start(Name, new StartedTarget("job", target));
            started.Add(run.Id);
            return SimulatedResponse.Json(Body(run, World.ActualState(run)), 201);
        });
    }

    private static object Body(SimulatedRun run, RunState state) => new
    {
        id = run.Id,
        state = state.Phase switch
        {
            RunPhase.Queued => "waiting",
            RunPhase.Succeeded => "done",
            RunPhase.Failed => "broken",
            RunPhase.Cancelled => "stopped",
            _ => "working",
        },
        result = state.Phase == RunPhase.Succeeded ? run.Script.Output : null,
        why = state.Reason,
        ended = state.EndedAt,
    };
}
