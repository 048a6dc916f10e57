namespace Vigil.Simulator;

/// <summary>One platform's API.</summary>
internal abstract class SimulatedPlatform(SimulatedPlatforms world, string name)
{
    public string Name => name;

    public abstract IEnumerable<SimulatedRoute> Routes { get; }

    protected SimulatedPlatforms World => world;

    protected IssuedTokens Tokens { get; } = new(world, name);

    protected abstract SimulatedResponse Unauthorized { get; }

    public abstract SimulatedResponse Error(int status, string code, string message);

    /// <summary>Resets its own state, without the runs.</summary>
    public virtual void Reset() => Tokens.Clear();

    protected virtual string? CredentialOf(SimulatedRequest request) => request.Bearer();

    protected virtual SimulatedResponse NotFound(string id, string operation) => Error(404, "not_found", "Run not found.");

    /// <summary>Lets a request pass only with an accepted credential.</summary>
    protected virtual SimulatedCall Guard(SimulatedRequest request, SimulatedCall call) => CredentialOf(request) is var credential && Tokens.Accepts(credential)
        ? call with { TokenNumber = Tokens.NumberOf(credential) }
        : call with { Act = () => Unauthorized };

    /// <summary>Reads a start; <paramref name="act"/> adds the started run to the list.</summary>
    protected SimulatedCall Start(SimulatedRequest request, string? target, Func<List<string>, SimulatedResponse> act)
    {
        var started = new List<string>();
        return Guard(request, new("start", () => act(started)) { Target = target, RunIds = started });
    }

    /// <summary>Returns the refusal to start a target, as scripted or because it does not exist; null if it can be started.</summary>
    protected SimulatedResponse? RefusalOf(string target) =>
        world.RefusalOf(name, target) is { } refusal ? Error(refusal.Status, refusal.Code, refusal.Message) : null;

    protected SimulatedCall AboutRun(SimulatedRequest request, string operation, Func<SimulatedRun, RunState, SimulatedResponse> act)
    {
        var id = request.Route("id");
        return Guard(request, new(operation, () => world.Find(name, id, operation) is { } found ? act(found.Run, found.State) : NotFound(id, operation)) { RunIds = [id] });
    }
}

/// <summary>A route of a platform. <c>Read</c> reads a request without executing it.</summary>
internal sealed record SimulatedRoute(string Method, string Pattern, Func<SimulatedRequest, SimulatedCall> Read);
