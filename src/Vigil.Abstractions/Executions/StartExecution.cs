namespace Vigil;

/// <summary>A request to run a target on a platform and to watch it until it ends. The grain's key is the execution's id.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StartExecution")]
public sealed record StartExecution
{
    /// <summary>Gets the name of the connection that runs it.</summary>
    [Id(0)] public required string Connection { get; init; }

    /// <summary>Gets what is run.</summary>
    [Id(1)] public required ExecutionTarget Target { get; init; }

    /// <summary>Gets the input as JSON text of an object, at most 1 MiB; null for none.</summary>
    [Id(2)] public string? Input { get; init; }

    /// <summary>Gets the caller's own labels.</summary>
    [Id(3)] public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Gets how long Vigil watches, from acceptance and over all attempts. Default: 24 hours; 30 days at most.</summary>
    [Id(4)] public TimeSpan Deadline { get; init; } = RequestLimits.DefaultDeadline;

    /// <summary>Gets a value indicating whether the remote run is cancelled when Vigil stops watching it.</summary>
    [Id(5)] public bool CancelOnAbandon { get; init; }

    /// <summary>
    /// Gets the durable subscribers: ids of grains that implement <see cref="IExecutionSubscriber"/>, in the text form of their <c>GrainId</c>.
    /// Every event of the execution is delivered to each of them at least once, in order.
    /// </summary>
    [Id(6)] public ImmutableArray<string> Subscribers { get; init; } = [];
}

/// <summary>A request to watch a run that was not started by Vigil.</summary>
[GenerateSerializer, Immutable, Alias("vigil.AdoptExecution")]
public sealed record AdoptExecution
{
    /// <summary>Gets the name of the connection that the run is on.</summary>
    [Id(0)] public required string Connection { get; init; }

    /// <summary>Gets the platform's id of the run.</summary>
    [Id(1)] public required string RemoteId { get; init; }

    /// <summary>Gets what is run, if the caller knows it.</summary>
    [Id(2)] public ExecutionTarget? Target { get; init; }

    /// <summary>Gets the caller's own labels.</summary>
    [Id(3)] public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Gets how long Vigil watches, from acceptance. Default: 24 hours; 30 days at most.</summary>
    [Id(4)] public TimeSpan Deadline { get; init; } = RequestLimits.DefaultDeadline;

    /// <summary>Gets a value indicating whether the remote run is cancelled when Vigil stops watching it.</summary>
    [Id(5)] public bool CancelOnAbandon { get; init; }

    /// <summary>Gets the durable subscribers, as in <see cref="StartExecution.Subscribers"/>.</summary>
    [Id(6)] public ImmutableArray<string> Subscribers { get; init; } = [];
}
