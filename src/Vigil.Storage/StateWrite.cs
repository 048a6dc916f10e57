namespace Vigil.Storage;

/// <summary>One write of a state with all that must change beside it: of an execution or of a step.</summary>
public abstract record StateWrite
{
    /// <summary>Gets the grain's key.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the state as UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Gets the ETag that must still hold; null for a first write.</summary>
    public string? ExpectedETag { get; init; }

    /// <summary>Gets the state's name.</summary>
    public abstract StateKey Key { get; }
}

/// <summary>A write of a step's state.</summary>
public sealed record StepWrite : StateWrite
{
    /// <summary>Gets the step's execution.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Gets the version of the step.</summary>
    public required long Version { get; init; }

    /// <inheritdoc />
    public override StateKey Key => new(StateKind.Step, Id);
}

/// <summary>A state that is written through a grain's storage.</summary>
public interface IStoredState
{
    /// <summary>Gets the write of this state; the ETag that must still hold is the grain storage's to add.</summary>
    StateWrite Write { get; }
}
