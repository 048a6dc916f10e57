namespace Vigil.Storage;

/// <summary>A write of the state of an execution or a step, with everything that must change in the same transaction.</summary>
public abstract record StateWrite
{
    /// <summary>Gets the grain's key.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the state as UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Gets the ETag that the stored state must have; null for a first write.</summary>
    public string? ExpectedETag { get; init; }

    /// <summary>Gets the state's key.</summary>
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

/// <summary>A state that is written through grain storage.</summary>
public interface IStoredState
{
    /// <summary>Gets the write of this state, without the expected ETag, which the grain storage adds.</summary>
    StateWrite Write { get; }
}
