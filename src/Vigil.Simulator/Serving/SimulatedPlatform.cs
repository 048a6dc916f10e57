namespace Vigil.Simulator;

/// <summary>One platform's API. It is served below its own name, and at the root as on the platform itself.</summary>
/// <param name="world">The simulated world.</param>
/// <param name="name">Its name.</param>
internal abstract class SimulatedPlatform(SimulatedPlatforms world, string name)
{
    /// <summary>Gets its name.</summary>
    public string Name => name;

    /// <summary>Gets its routes.</summary>
    public abstract IEnumerable<SimulatedRoute> Routes { get; }

    protected SimulatedPlatforms World => world;

    /// <summary>Gets the tokens that it has issued.</summary>
    protected IssuedTokens Tokens { get; } = new(world, name);

    /// <summary>Gets the answer to a request without an accepted credential.</summary>
    protected abstract SimulatedAnswer Unauthorized { get; }

    /// <summary>Writes an error in the platform's format.</summary>
    public abstract SimulatedAnswer Error(int status, string code, string message);

    /// <summary>Resets its own state; runs are reset separately.</summary>
    public virtual void Reset() => Tokens.Clear();

    protected virtual string? CredentialOf(SimulatedRequest request) => request.Bearer();

    protected virtual SimulatedAnswer NotFound(string id, string operation) => Error(404, "not_found", "Run not found.");

    /// <summary>Lets a request pass only with an accepted credential.</summary>
    protected virtual SimulatedCall Guard(SimulatedRequest request, SimulatedCall call) => CredentialOf(request) is var credential && Tokens.Accepts(credential)
        ? call with { TokenNumber = Tokens.NumberOf(credential) }
        : call with { Act = () => Unauthorized };

    /// <summary>A start; <paramref name="act"/> adds the run that it starts to the list.</summary>
    protected SimulatedCall Start(SimulatedRequest request, string? target, Func<List<string>, SimulatedAnswer> act)
    {
        var started = new List<string>();
        return Guard(request, new("start", () => act(started)) { Target = target, RunIds = started });
    }

    /// <summary>Returns the refusal that the script of a target demands; null if it is to be started.</summary>
    protected SimulatedAnswer? RefusalOf(string target) =>
        world.Scripts.For(name, target).Refusal is { } refusal ? Error(refusal.Status, refusal.Code, refusal.Message) : null;

    /// <summary>A request for the run in its route.</summary>
    protected SimulatedCall AboutRun(SimulatedRequest request, string operation, Func<SimulatedRun, RunState, SimulatedAnswer> act)
    {
        var id = request.Route("id");
        return Guard(request, new(operation, () => world.Find(name, id, operation) is { } seen ? act(seen.Run, seen.State) : NotFound(id, operation)) { RunIds = [id] });
    }
}

/// <summary>One route of a platform.</summary>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Pattern">Its path, with ids in braces.</param>
/// <param name="Understand">Reads a request without acting on it.</param>
internal sealed record SimulatedRoute(string Method, string Pattern, Func<SimulatedRequest, SimulatedCall> Understand);
