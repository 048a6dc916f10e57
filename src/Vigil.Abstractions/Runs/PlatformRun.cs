using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>A run as the platform itself lists it. The times are the platform's, converted to Vigil's clock.</summary>
[GenerateSerializer, Immutable, Alias("vigil.PlatformRun")]
public sealed record PlatformRun
{
    /// <summary>Gets the platform's id.</summary>
    [Id(0), JsonPropertyName("remote_id")] public required string RemoteId { get; init; }

    /// <summary>Gets the status; null if the list does not tell it, as the history of a trigger.</summary>
    [Id(1), JsonPropertyName("status"), JsonConverter(typeof(SnakeCaseEnumConverter<ExecutionStatus>))] public ExecutionStatus? Status { get; init; }

    /// <summary>Gets the platform's own word for the status.</summary>
    [Id(2), JsonPropertyName("raw_status")] public string? RawStatus { get; init; }

    /// <summary>Gets what is run.</summary>
    [Id(3), JsonPropertyName("target")] public ExecutionTarget? Target { get; init; }

    /// <summary>Gets when it was created, or when its trigger fired.</summary>
    [Id(4), JsonPropertyName("created_at")] public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets when it began.</summary>
    [Id(5), JsonPropertyName("started_at")] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets when it ended.</summary>
    [Id(6), JsonPropertyName("ended_at")] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets the id of the execution that watches it; null if none does.</summary>
    [Id(7), JsonPropertyName("execution")] public string? Execution { get; init; }

    /// <summary>Gets what the list tells of it, as the first observation of an adoption; null if it was not requested.</summary>
    [Id(8), JsonIgnore] public Observation? Seen { get; init; }
}

/// <summary>One page of a platform's runs. It may have fewer runs than were asked for, even none, although another page follows.</summary>
/// <param name="Items">The runs, in the platform's order.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last page.</param>
[GenerateSerializer, Immutable, Alias("vigil.PlatformRunList")]
public sealed record PlatformRunList(ImmutableArray<PlatformRun> Items, [property: Id(1), JsonPropertyName("next_cursor")] string? NextCursor)
{
    /// <summary>Gets the runs, in the platform's order.</summary>
    [Id(0), JsonPropertyName("items")] public ImmutableArray<PlatformRun> Items { get => field.IsDefault ? [] : field; init; } = Items;
}
