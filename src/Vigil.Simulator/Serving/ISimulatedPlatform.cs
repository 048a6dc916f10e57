namespace Vigil.Simulator;

/// <summary>One platform's API. It is served below its own name, and at the root as on the platform itself.</summary>
internal interface ISimulatedPlatform
{
    /// <summary>Gets its name.</summary>
    string Name { get; }

    /// <summary>Gets its routes.</summary>
    IEnumerable<SimulatedRoute> Routes { get; }

    /// <summary>Resets its own state; runs are reset separately.</summary>
    void Reset()
    {
    }

    /// <summary>Writes an error in the platform's format.</summary>
    SimulatedAnswer Error(int status, string code, string message);
}

/// <summary>One route of a platform.</summary>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Pattern">Its path, with ids in braces.</param>
/// <param name="Understand">Reads a request without acting on it.</param>
internal sealed record SimulatedRoute(string Method, string Pattern, Func<SimulatedRequest, SimulatedCall> Understand);
