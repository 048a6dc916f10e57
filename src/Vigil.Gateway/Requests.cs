using System.Collections.Immutable;

namespace Vigil.Gateway;

/// <summary>A start as a caller asks for it.</summary>
public sealed record StartRequest
{
    /// <summary>Gets the name of the connection that runs it.</summary>
    public required string Connection { get; init; }

    /// <summary>Gets what is run.</summary>
    public required ExecutionTarget Target { get; init; }

    /// <summary>Gets the input as JSON text of an object, at most 1 MiB; null for none.</summary>
    public string? Input { get; init; }

    /// <summary>Gets the caller's own labels: at most 50, keys of 1 to 64 and values of at most 1,024 characters.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Gets the caller's key: it becomes the execution's id, and repeating the request with it has no further effect.
    /// 1 to 200 characters of <c>A-Z a-z 0-9 . _ : -</c>. Null: Vigil makes an id.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>Gets how long Vigil watches: 1 second to 30 days. Default: 24 hours.</summary>
    public TimeSpan Deadline { get; init; } = RequestRules.DefaultDeadline;

    /// <summary>Gets a value indicating whether the remote run is cancelled when Vigil stops watching it.</summary>
    public bool CancelOnAbandon { get; init; }

    /// <summary>Gets the durable subscribers, as in <see cref="StartExecution.Subscribers"/>.</summary>
    public ImmutableArray<string> Subscribers { get; init; } = [];
}

/// <summary>The wish to watch a run that somebody else started.</summary>
public sealed record AdoptRequest
{
    /// <summary>Gets the name of the connection that knows the run.</summary>
    public required string Connection { get; init; }

    /// <summary>Gets the platform's id of the run: 1 to 255 characters.</summary>
    public required string RemoteId { get; init; }

    /// <summary>Gets what is run, where the caller knows it.</summary>
    public ExecutionTarget? Target { get; init; }

    /// <summary>Gets the caller's own labels, as in <see cref="StartRequest.Metadata"/>.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Gets the caller's key, as in <see cref="StartRequest.Key"/>.</summary>
    public string? Key { get; init; }

    /// <summary>Gets how long Vigil watches: 1 second to 30 days. Default: 24 hours.</summary>
    public TimeSpan Deadline { get; init; } = RequestRules.DefaultDeadline;

    /// <summary>Gets a value indicating whether the remote run is cancelled when Vigil stops watching it.</summary>
    public bool CancelOnAbandon { get; init; }

    /// <summary>Gets the durable subscribers, as in <see cref="StartExecution.Subscribers"/>.</summary>
    public ImmutableArray<string> Subscribers { get; init; } = [];
}
