using Vigil.Simulator;

namespace Vigil.Tests.Platforms.Tiny;

/// <summary>Tiny's API.</summary>
internal sealed class SimulatedTiny(SimulatedPlatforms world) : ISimulatedPlatform
{
    public string Name => "tiny";

    public IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/jobs/{id}/runs", Start),
        new("GET", "/runs/{id}", request => AboutRun(request, "status", (run, state) => SimulatedAnswer.Json(Body(run, state)))),
        new("POST", "/runs/{id}/cancel", request => AboutRun(request, "cancel", (run, _) =>
            run.TryCancel(request.Now) ? SimulatedAnswer.Json(Body(run, world.Tell(run))) : Error(409, "ended", "The run has ended."))),
    ];

    public SimulatedAnswer Error(int status, string code, string message) => SimulatedAnswer.Json(new { code, message }, status);

    private SimulatedCall Start(SimulatedRequest request)
    {
        var (target, started) = (request.Route("id"), new List<string>());
        return Guarded(request, new("start", () =>
        {
            var run = world.Start(Name, new StartedTarget("job", target), (seed, number) => Dice.Guid(seed, number).ToString());
            started.Add(run.Id);
            return SimulatedAnswer.Json(Body(run, world.Tell(run)), 201);
        })
        {
            Target = target,
            RunIds = started,
        });
    }

    private SimulatedCall AboutRun(SimulatedRequest request, string operation, Func<SimulatedRun, RunState, SimulatedAnswer> act)
    {
        var id = request.Route("id");
        return Guarded(
            request,
            new(operation, () => world.Show(Name, id, operation) is { } seen ? act(seen.Run, seen.State) : Error(404, "unknown", "No such run.")) { RunIds = [id] });
    }

    private SimulatedCall Guarded(SimulatedRequest request, SimulatedCall call) =>
        world.Accepts(Name, request.Bearer()) ? call : call with { Act = () => Error(401, "unauthorized", "Who are you?") };

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
