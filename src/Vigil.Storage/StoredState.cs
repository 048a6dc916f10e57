namespace Vigil.Storage;

/// <summary>The key of a state.</summary>
/// <param name="Kind">The kind of state, which determines the table.</param>
/// <param name="Id">The grain's key.</param>
[GenerateSerializer, Immutable, Alias("vigil.StateKey")]
public readonly record struct StateKey([property: Id(0)] StateKind Kind, [property: Id(1)] string Id);

/// <summary>The kinds of state.</summary>
public enum StateKind
{
    /// <summary>An execution, with searchable columns.</summary>
    Execution,

    /// <summary>A step of an execution; the id begins with the execution's id and a slash.</summary>
    Step,
}

/// <summary>One state as stored.</summary>
/// <param name="Id">The grain's key.</param>
/// <param name="Json">
/// The state as UTF-8 JSON. Its member <c>steps</c> includes the steps that were written as <see cref="ExecutionWrite.Steps"/>, except in a page of
/// executions.
/// </param>
/// <param name="ETag">The ETag that the next write must expect.</param>
public sealed record StoredState(string Id, ReadOnlyMemory<byte> Json, string ETag);
