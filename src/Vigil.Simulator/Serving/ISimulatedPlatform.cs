namespace Vigil.Simulator;

/// <summary>One platform's wire. It is served under its own name, and at the root as the platform itself has it.</summary>
internal interface ISimulatedPlatform
{
    /// <summary>Gets its name.</summary>
    string Name { get; }

    /// <summary>Gets its routes.</summary>
    IEnumerable<SimulatedRoute> Routes { get; }

    /// <summary>Forgets what it keeps beside the runs.</summary>
    void Reset()
    {
    }

    /// <summary>Writes an error the way the platform does.</summary>
    SimulatedAnswer Error(int status, string code, string message);
}

/// <summary>One route of a platform.</summary>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Pattern">Its path, with ids in braces.</param>
/// <param name="Understand">Reads a request.</param>
internal sealed record SimulatedRoute(string Method, string Pattern, Func<SimulatedRequest, SimulatedCall> Understand);
