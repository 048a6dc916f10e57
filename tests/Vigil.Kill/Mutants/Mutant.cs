using Microsoft.AspNetCore.Http;
using Vigil.Platforms;
using Vigil.Storage;

namespace Vigil.Kill;

/// <summary>A switch of the trial's host that breaks exactly one promise, to show that the checker would notice.</summary>
/// <param name="Name">Its name; keys of orders that it concerns begin with it.</param>
/// <param name="Breaks">The promise.</param>
internal sealed record Mutant(string Name, string Breaks)
{
    /// <summary>Gets what the breach must say, where the promise can be broken in other ways too.</summary>
    public string Says { get; init; } = "";

    /// <summary>Gets the order on which it shows.</summary>
    public string Platform { get; init; } = "gloriamundo";

    public TargetKind Target { get; init; }

    public FollowUp FollowUp { get; init; }

    public bool IsAwaited { get; init; }

    public int DeadlineSeconds { get; init; } = 600;

    /// <summary>Gets a value indicating whether the order's run takes as long as in a trial.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Gets a value indicating whether the breach concerns a silo, or a platform, and no order.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>Gets how a start is sent: given the connection and the request.</summary>
    public Func<IPlatformConnection, RunRequest, Task<Submitted>>? Submit { get; init; }

    /// <summary>Gets what becomes of the answer to a poll.</summary>
    public Func<Snapshot, Snapshot>? See { get; init; }

    /// <summary>Gets what happens besides, each time the run is polled.</summary>
    public Func<IPlatformConnection, RemoteRun, Task>? OnPoll { get; init; }

    /// <summary>Gets whether the platform is not asked, given how long ago the start was sent.</summary>
    public Func<TimeSpan, bool>? LooksAway { get; init; }

    /// <summary>Gets a value indicating whether a cancel is not passed on.</summary>
    public bool SwallowsCancel { get; init; }

    /// <summary>Gets what becomes of a durable write.</summary>
    public Func<ExecutionWrite, ExecutionWrite>? Write { get; init; }

    /// <summary>Gets what is delivered instead of an event that is due; the event counts as delivered.</summary>
    public Func<StoredDelivery, IEnumerable<StoredDelivery>>? Deliver { get; init; }

    /// <summary>Gets what becomes of a request to the API.</summary>
    public Func<HttpContext, Func<Task>, Task>? Answer { get; init; }

    /// <summary>Gets what the silo does besides.</summary>
    public Func<IServiceProvider, Task>? Besides { get; init; }
}
