namespace Vigil.Simulator;

/// <summary>A request that has been read; <c>Act</c> executes it.</summary>
internal sealed record SimulatedCall(string Operation, Func<SimulatedResponse> Act)
{
    public string? Target { get; init; }

    /// <summary>Gets a value indicating whether it requests a token, for which an expired token is accepted.</summary>
    public bool FetchesToken { get; init; }

    /// <summary>Gets its token's sequence number among the fault rules; null if the platform did not issue the token.</summary>
    public int? TokenNumber { get; init; }

    /// <summary>Gets the runs named in the request. A start adds its run when it acts.</summary>
    public List<string> RunIds { get; init; } = [];
}

/// <summary>A response before it is sent, so that faults can change it.</summary>
internal sealed record SimulatedResponse(int Status, byte[] Body, string ContentType = "application/json")
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static SimulatedResponse Json(object? value, int status = 200) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, SimulatorJson.Wire));

    public static SimulatedResponse Nothing(int status) => new(status, [], "");

    public SimulatedResponse With(string header, string value) => this with { Headers = [.. Headers, new(header, value)] };
}
