namespace Vigil.Simulator;

/// <summary>A request that has been read.</summary>
/// <param name="Operation">Names it in faults and in the ledger, such as <c>start</c> or <c>status</c>.</param>
/// <param name="Act">Executes it.</param>
public sealed record SimulatedCall(string Operation, Func<SimulatedResponse> Act)
{
    /// <summary>Gets the target of a start.</summary>
    public string? Target { get; init; }

    /// <summary>Gets a value indicating whether it requests a token, for which an expired token is accepted.</summary>
    public bool FetchesToken { get; init; }

    /// <summary>Gets its token's sequence number among the fault rules; null if the platform did not issue the token.</summary>
    public int? TokenNumber { get; init; }

    /// <summary>Gets the runs named in the request. A start adds its run when it acts.</summary>
    public IReadOnlyList<string> RunIds { get; init; } = [];
}

/// <summary>A response before it is sent, so that faults can change it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="ContentType">Its media type.</param>
public sealed record SimulatedResponse(int Status, ReadOnlyMemory<byte> Body, string ContentType = "application/json")
{
    /// <summary>Gets further headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Returns a value as JSON, with the names that it has in the code.</summary>
    public static SimulatedResponse Json(object? value, int status = 200) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, SimulatorJson.Wire));

    /// <summary>Returns a status without a body.</summary>
    public static SimulatedResponse Nothing(int status) => new(status, ReadOnlyMemory<byte>.Empty, "");

    /// <summary>Returns the response with one more header.</summary>
    public SimulatedResponse With(string header, string value) => this with { Headers = [.. Headers, new(header, value)] };
}
