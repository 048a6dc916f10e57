namespace Vigil.Simulator;

/// <summary>A request that is understood, and not yet carried out.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Act">Carries it out.</param>
internal sealed record SimulatedCall(string Operation, Func<SimulatedAnswer> Act)
{
    /// <summary>Gets the target that is to be started.</summary>
    public string? Target { get; init; }

    /// <summary>Gets the runs that are asked about. What a start makes is added when it is carried out.</summary>
    public List<string> RunIds { get; init; } = [];
}
