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

/// <summary>An answer before it is sent, so that faults can change it.</summary>
internal sealed record SimulatedAnswer(int Status, byte[] Body, string ContentType = "application/json")
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static SimulatedAnswer Json(object? value, int status = 200) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, SimulatorJson.Wire));

    public static SimulatedAnswer Nothing(int status) => new(status, [], "");

    public SimulatedAnswer With(string header, string value) => this with { Headers = [.. Headers, new(header, value)] };
}
