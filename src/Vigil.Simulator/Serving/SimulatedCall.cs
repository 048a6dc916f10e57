namespace Vigil.Simulator;

/// <summary>A request that is understood, and not yet carried out.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Act">Carries it out.</param>
internal sealed record SimulatedCall(string Operation, Func<SimulatedAnswer> Act)
{
    /// <summary>Gets the target that is to be started.</summary>
    public string? Target { get; init; }

    /// <summary>Gets a value indicating whether it asks for a token, for which an old one that has run out is good enough.</summary>
    public bool FetchesToken { get; init; }

    /// <summary>Gets when its token was handed out, in the order of the rules; null where the platform handed out none.</summary>
    public int? TokenNumber { get; init; }

    /// <summary>Gets the runs that are asked about. What a start makes is added when it is carried out.</summary>
    public List<string> RunIds { get; init; } = [];
}
