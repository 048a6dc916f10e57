namespace Vigil;

/// <summary>Which events a reader wants: those that match every member that is set. Without any, all events.</summary>
[GenerateSerializer, Immutable, Alias("vigil.EventFilter")]
public sealed record EventFilter
{
    /// <summary>Gets the types, of <see cref="ExecutionEventTypes"/>; empty for all.</summary>
    [Id(0)] public ImmutableArray<string> Types { get; init; } = [];

    /// <summary>Gets the statuses that the execution has in the event; empty for all.</summary>
    [Id(1)] public ImmutableArray<ExecutionStatus> Statuses { get; init; } = [];

    /// <summary>Gets the connection; null for all.</summary>
    [Id(2)] public string? Connection { get; init; }

    /// <summary>Gets the platform; null for all.</summary>
    [Id(3)] public string? Platform { get; init; }

    /// <summary>Gets the kind of the target; null for all.</summary>
    [Id(4)] public string? TargetKind { get; init; }

    /// <summary>Gets the id of the target; null for all.</summary>
    [Id(5)] public string? TargetId { get; init; }

    /// <summary>Returns whether an event is wanted, given its type and what its execution is in it.</summary>
    public bool Matches(string type, ExecutionStatus status, string connection, string platform, ExecutionTarget? target) =>
        (Types.IsDefaultOrEmpty || Types.Contains(type))
        && (Statuses.IsDefaultOrEmpty || Statuses.Contains(status))
        && (Connection is null || Connection == connection)
        && (Platform is null || Platform == platform)
        && (TargetKind is null || TargetKind == target?.Kind)
        && (TargetId is null || TargetId == target?.Id);
}
