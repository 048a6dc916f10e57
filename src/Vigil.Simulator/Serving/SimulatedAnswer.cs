namespace Vigil.Simulator;

/// <summary>An answer before it is sent, so that faults can change it.</summary>
internal sealed record SimulatedAnswer(int Status, byte[] Body, string ContentType = "application/json")
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static SimulatedAnswer Json(object? value, int status = 200) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, SimulatorJson.Wire));

    public static SimulatedAnswer Nothing(int status) => new(status, [], "");

    public SimulatedAnswer With(string header, string value) => this with { Headers = [.. Headers, new(header, value)] };
}
