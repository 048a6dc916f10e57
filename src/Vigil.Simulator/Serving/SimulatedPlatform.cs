namespace Vigil.Simulator;

/// <summary>One platform's API, served with the simulator's faults and ledger.</summary>
/// <param name="world">The simulated world, which has the platform's runs.</param>
/// <param name="name">The platform's name, below which it is served.</param>
public abstract class SimulatedPlatform(SimulatedPlatforms world, string name)
{
    /// <summary>Gets its name.</summary>
    public string Name => name;

    /// <summary>Gets its routes.</summary>
    public abstract IEnumerable<SimulatedRoute> Routes { get; }

    /// <summary>Gets the simulated world.</summary>
    protected SimulatedPlatforms World => world;

    private protected IssuedTokens Tokens { get; } = new(world, name);

    /// <summary>Gets the response to a request without an accepted credential.</summary>
    protected abstract SimulatedResponse Unauthorized { get; }

    /// <summary>Returns an error in the platform's own form.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The platform's code.</param>
    /// <param name="message">The message.</param>
    public abstract SimulatedResponse Error(int status, string code, string message);

    /// <summary>Resets its own state, without the runs.</summary>
    public virtual void Reset() => Tokens.Clear();

    /// <summary>Returns the credential of a request. Default: that of <c>Authorization: Bearer</c>.</summary>
    protected virtual string? CredentialOf(SimulatedRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Bearer();
    }

    /// <summary>Returns the response about a run that does not exist, or is hidden by a fault.</summary>
    protected virtual SimulatedResponse NotFound(string id, string operation) => Error(404, "not_found", "Run not found.");

    /// <summary>Lets a request pass only with an accepted credential.</summary>
    protected virtual SimulatedCall Guard(SimulatedRequest request, SimulatedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return CredentialOf(request) is var credential && Tokens.Accepts(credential)
            ? call with { TokenNumber = Tokens.NumberOf(credential) }
            : call with { Act = () => Unauthorized };
    }

    /// <summary>Reads a start of a target; <paramref name="act"/> adds the started run's id to the list.</summary>
    protected SimulatedCall Start(SimulatedRequest request, string? target, Func<List<string>, SimulatedResponse> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        var started = new List<string>();
        return Guard(request, new("start", () => act(started)) { Target = target, RunIds = started });
    }

    /// <summary>Returns the refusal to start a target, as scripted or because it does not exist; null if it can be started.</summary>
    protected SimulatedResponse? RefusalOf(string target) =>
        world.RefusalOf(name, target) is { } refusal ? Error(refusal.Status, refusal.Code, refusal.Message) : null;

    /// <summary>Reads a request about the run that the route's <c>id</c> names. The operation names it in faults and in the ledger: <c>status</c>, <c>cancel</c>, …</summary>
    protected SimulatedCall AboutRun(SimulatedRequest request, string operation, Func<SimulatedRun, RunState, SimulatedResponse> act)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = request.Route("id");
        return Guard(request, new(operation, () => world.Find(name, id, operation) is { } found ? act(found.Run, found.State) : NotFound(id, operation)) { RunIds = [id] });
    }
}

/// <summary>A route of a platform. <c>Read</c> reads a request without executing it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The path, such as <c>/runs/{id}</c>.</param>
/// <param name="Read">Reads a request.</param>
public sealed record SimulatedRoute(string Method, string Pattern, Func<SimulatedRequest, SimulatedCall> Read);
