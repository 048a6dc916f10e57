namespace Vigil.Testing;

/// <summary>How a test has an execution end.</summary>
/// <param name="Status">A status that ends it.</param>
/// <param name="Output">The output as JSON text; null for none.</param>
/// <param name="Failure">Why it did not succeed; null if it did.</param>
public sealed record FakeEnd(ExecutionStatus Status, string? Output = null, ExecutionFailure? Failure = null)
{
    /// <summary>It succeeds.</summary>
    /// <param name="output">The output, which is serialized with the defaults of the web; null for none.</param>
    public static FakeEnd Succeeded(object? output = null) =>
        new(ExecutionStatus.Succeeded, output is null ? null : JsonSerializer.Serialize(output, JsonSerializerOptions.Web));

    /// <summary>It fails.</summary>
    /// <param name="reason">The short reason.</param>
    /// <param name="detail">More detail.</param>
    public static FakeEnd Failed(string reason, string? detail = null) => With(ExecutionStatus.Failed, reason, detail);

    /// <summary>It ends in another way, such as <see cref="ExecutionStatus.Lost"/>.</summary>
    /// <param name="status">A status that ends it.</param>
    /// <param name="reason">The short reason; null for none.</param>
    /// <param name="detail">More detail.</param>
    public static FakeEnd With(ExecutionStatus status, string? reason = null, string? detail = null) =>
        new(status, Failure: reason is null ? null : new ExecutionFailure(reason, detail));
}
