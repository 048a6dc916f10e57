namespace Vigil.Simulator;

/// <summary>A request that has been read but not yet acted on.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Act">Acts on it.</param>
internal sealed record SimulatedCall(string Operation, Func<SimulatedAnswer> Act)
{
    /// <summary>Gets the target of a start.</summary>
    public string? Target { get; init; }

    /// <summary>Gets a value indicating whether it requests a token, for which an expired token is accepted.</summary>
    public bool FetchesToken { get; init; }

    /// <summary>Gets the number at which its token was issued, in the order of the fault rules; null if the platform did not issue it.</summary>
    public int? TokenNumber { get; init; }

    /// <summary>Gets the runs named in the request. A start adds its run when it acts.</summary>
    public List<string> RunIds { get; init; } = [];
}
